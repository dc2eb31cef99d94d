using System.Net.Sockets;

namespace CallActors.Net.Tests.Streams;

/// <summary>A listener with one connection to it, and what both ends recorded.</summary>
internal sealed class Pair : IAsyncDisposable
{
    private readonly List<Recorder> _accepted = [];

    private Pair(Rig rig, StreamOptions options) => (Rig, Options) = (rig, rig.Options(options));

    public Rig Rig { get; }

    public StreamOptions Options { get; }

    public IStreamListener Listener { get; private set; } = null!;

    public Recorder Client { get; private set; } = null!;

    public Recorder Server { get; private set; } = null!;

    public static async Task<Pair> MakeAsync(
        Rig rig,
        StreamOptions? options = null,
        bool serverEchoes = false,
        Action<IStreamConnection>? onAccept = null,
        Action<IStreamConnection, byte[]>? onServerMessage = null)
    {
        var pair = new Pair(rig, options ?? StreamOptions.Default);
        pair.Listener = await rig.Network.ListenAsync(rig.Anywhere, rig.Protocol, pair.Options, connection =>
        {
            var server = new Recorder(rig.Signal, connection) { Echoes = serverEchoes, OnMessage = body => onServerMessage?.Invoke(connection, body) };
            onAccept?.Invoke(connection);
            rig.Signal.Record(() => pair._accepted.Add(server));
            return server;
        });
        (pair.Client, pair.Server) = await pair.ConnectAsync();
        return pair;
    }

    /// <summary>One more connection, once both ends have it.</summary>
    public async Task<(Recorder Client, Recorder Server)> ConnectAsync()
    {
        var before = _accepted.Count;
        Recorder client = null!;
        var connection = await Rig.Network.ConnectAsync(Listener.Local, Rig.Protocol, Options, c => client = new Recorder(Rig.Signal, c));
        Assert.Same(connection, client.Connection);
        Rig.Until(() => _accepted.Count > before, "the accepted connection");
        return (client, _accepted[^1]);
    }

    /// <summary>One more connection, tried again while the listener serves too many: the end of one is heard by its peer first.</summary>
    public async Task<(Recorder Client, Recorder Server)> ConnectUntilServedAsync()
    {
        var before = _accepted.Count;
        for (var attempt = 0; attempt < 1000; attempt++)
        {
            try
            {
                Recorder client = null!;
                await Rig.Network.ConnectAsync(Listener.Local, Rig.Protocol, Options, c => client = new Recorder(Rig.Signal, c));
                Rig.Until(() => client.IsClosed || _accepted.Count > before, "an answer");
                if (_accepted.Count > before) return (client, _accepted[^1]);
            }
            catch (Exception refused) when (refused is IOException or SocketException)
            {
                // Not yet.
            }
        }

        throw new InvalidOperationException("Never served.");
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var one in new[] { Client, Server })
        {
            Assert.True(one.Ends.Count <= 1);
            Assert.Equal(0, one.Overlaps);
            Assert.Equal(0, one.Afterwards);
        }

        await Listener.DisposeAsync();
        await Rig.DisposeAsync();
    }
}
