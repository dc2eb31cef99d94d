using System.Buffers;
using System.Globalization;
using System.Net;
using System.Text;
using CallActors.Control;
using CallActors.Control.Commands;
using CallActors.Net;

namespace CallActors.Simulation.Peers;

/// <summary>An application: the client's end of the control protocol on a stream of the network in memory.</summary>
public sealed class Application : IStreamReceiver
{
    private static readonly TimeSpan s_beat = TimeSpan.FromSeconds(1);

    private readonly Dictionary<string, Action<Frame>> _waiting = [];
    private readonly HashSet<string> _pings = [];
    private readonly ArrayBufferWriter<byte> _out = new();
    private readonly World _world;
    private readonly IStreamConnection _connection;
    private ControlFramer _framer = new(ControlFramer.DefaultMaxPayload);
    private int _commands;

    public Application(World world, IPAddress at, NetAddress? server = null)
    {
        _world = world;
        _connection = world.Network.At(at).ConnectAsync(server ?? World.ServerControl, NetProtocol.Tcp, StreamOptions.Default, _ => this).GetAwaiter().GetResult();
    }

    /// <summary>Everything that is no reply.</summary>
    public Action<Frame>? Told { get; set; }

    /// <summary>Everything heard, in its order, where somebody wants to look.</summary>
    public List<Frame>? Record { get; init; }

    /// <summary>Why the connection has ended; null while it lives.</summary>
    public string? Ended { get; private set; }

    /// <summary>How many commands nobody has answered.</summary>
    public int Unanswered => _waiting.Count;

    /// <summary>Proves itself and asks for requests.</summary>
    public Application Join(params string[] verbs) => JoinAs("cymru", "", verbs);

    /// <summary>The same, with a secret and tags.</summary>
    public Application JoinAs(string secret, string tags, params string[] verbs)
    {
        Command(id => ControlCommands.Authenticate(_out, id, Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes(tags)), null);
        foreach (var verb in verbs) Command(id => ControlCommands.Route(_out, id, Encoding.UTF8.GetBytes(verb)), null);
        return this;
    }

    /// <summary>The same as <see cref="Join"/>, asking for the extensions as a process of an application.</summary>
    public Application JoinExtended(string app, string node, params string[] verbs)
    {
        Command(id => ControlCommands.Authenticate(_out, id, "cymru"u8, default, Extensions.Ask(Encoding.UTF8.GetBytes(app), Encoding.UTF8.GetBytes(node))), null);
        foreach (var verb in verbs) Command(id => ControlCommands.Route(_out, id, Encoding.UTF8.GetBytes(verb)), null);
        _world.After(s_beat, Beat);
        return this;
    }

    /// <summary>Whether one that asked for the extensions gives a sign of life every second, as it has to; what comes back is not recorded.</summary>
    public bool Beats { get; set; } = true;

    /// <summary>Attaches a key and a blob; what is refused is told, what is done is not.</summary>
    public void Session(string key, int incarnation, string names, ReadOnlySpan<byte> blob, Action<Frame>? refused = null)
    {
        var bytes = blob.ToArray();
        Command(id => ControlCommands.Session(_out, id, Encoding.UTF8.GetBytes(key), incarnation, Encoding.UTF8.GetBytes(names), bytes), refused);
    }

    /// <summary>Takes a session over.</summary>
    public void Claim(string key, int incarnation, Action<Frame>? replied = null) =>
        Command(id => ControlCommands.Claim(_out, id, Encoding.UTF8.GetBytes(key), incarnation), replied);

    /// <summary>Says that nobody has the call of a request that was shown.</summary>
    public void Stray(string transactionId) => Command(id => ControlCommands.Stray(_out, id, Encoding.UTF8.GetBytes(transactionId)), null);

    /// <summary>Gives a dialog back.</summary>
    public void Restore(string key, int incarnation, string dialogId, byte[] state, Action<Frame>? replied = null) =>
        Command(id => ControlCommands.Restore(_out, id, Encoding.UTF8.GetBytes(key), incarnation, Encoding.UTF8.GetBytes(dialogId), state), replied);

    /// <summary>Says that a dialog is not known here either.</summary>
    public void Unknown(string askId) => Command(id => ControlCommands.Unknown(_out, id, Encoding.UTF8.GetBytes(askId)), null);

    /// <summary>A request outside a dialog.</summary>
    public void Request(string sip, Action<Frame>? replied = null, string routeUrl = "") =>
        Command(id => ControlCommands.NewRequest(_out, id, Encoding.UTF8.GetBytes(sip), Encoding.UTF8.GetBytes(routeUrl)), replied);

    /// <summary>A request within a dialog.</summary>
    /// <param name="dialogId">The dialog.</param>
    /// <param name="sip">The request.</param>
    /// <param name="replied">Told of the reply.</param>
    /// <param name="because">The received request because of which it is sent; empty for none.</param>
    /// <param name="branch">The branch that it is to be sent with; empty for the server's own.</param>
    /// <param name="sequence">The number that an earlier run of the server sent it with; null for a new one.</param>
    public void Request(string dialogId, string sip, Action<Frame>? replied, string because = "", string branch = "", uint? sequence = null) => Command(
        id => ControlCommands.DialogRequest(_out, id, Encoding.UTF8.GetBytes(dialogId), Encoding.UTF8.GetBytes(sip), Encoding.UTF8.GetBytes(because), Encoding.UTF8.GetBytes(branch), sequence), replied);

    /// <summary>Gives an INVITE up.</summary>
    public void Cancel(string transactionId, Action<Frame>? replied = null) =>
        Command(id => ControlCommands.Cancel(_out, id, Encoding.UTF8.GetBytes(transactionId), "CANCEL sip:placeholder SIP/2.0\r\nContent-Length: 0\r\n\r\n"u8), replied);

    /// <summary>Answers a request.</summary>
    public void Respond(string transactionId, string sip, Action<Frame>? replied = null) =>
        Command(id => ControlCommands.Respond(_out, id, Encoding.UTF8.GetBytes(transactionId), Encoding.UTF8.GetBytes(sip)), replied);

    /// <summary>Has a request proxied.</summary>
    public void Proxy(string transactionId, ProxyOptions options, string destinations, string sip, Action<Frame>? replied = null) =>
        Command(id => ControlCommands.Proxy(_out, id, Encoding.UTF8.GetBytes(transactionId), options, Encoding.UTF8.GetBytes(destinations), Encoding.UTF8.GetBytes(sip)), replied);

    /// <summary>Whatever bytes.</summary>
    public void Raw(string bytes)
    {
        _connection.Write(Encoding.UTF8.GetBytes(bytes));
        _connection.Flush();
    }

    /// <summary>A command that <see cref="Raw"/> sends will be answered.</summary>
    public void Expect(string id) => _waiting[id] = static _ => { };

    /// <summary>Goes away.</summary>
    public void Leave() => _connection.Close("The application leaves");

    public int OnBytes(ReadOnlySpan<byte> buffered)
    {
        var consumed = 0;
        while (true)
        {
            var frame = _framer.Next(buffered[consumed..]);
            if (frame.Status == ControlFrameStatus.NeedMore) return consumed;
            if (frame.Status != ControlFrameStatus.Frame)
            {
                _world.Faults.Add($"the server sent a frame that is {frame.Status}");
                return buffered.Length;
            }

            var heard = Frame.Read(frame.Payload(buffered[consumed..]));
            consumed += frame.Consumed;
            if (!heard.IsReply || !_pings.Remove(heard.Tokens[2])) Record?.Add(heard);
            Hear(heard);
        }
    }

    public void OnBatchEnd()
    {
    }

    public void OnClosed(string? reason) => Ended = reason ?? "";

    private void Hear(Frame heard)
    {
        if (!heard.IsReply)
        {
            Told?.Invoke(heard);
            return;
        }

        if (!_waiting.TryGetValue(heard.Tokens[2], out var replied))
        {
            _world.Faults.Add($"a reply to no command: {heard}");
            return;
        }

        if (heard.Content != Control.Replies.ReplyContent.ProxyContinue) _waiting.Remove(heard.Tokens[2]);
        replied(heard);
    }

    private void Beat()
    {
        if (Ended is not null) return;
        if (Beats)
        {
            Command(
                id =>
                {
                    _pings.Add(Encoding.ASCII.GetString(id));
                    ControlCommands.Ping(_out, id);
                },
                null);
        }

        _world.After(s_beat, Beat);
    }

    private void Command(Action<byte[]> write, Action<Frame>? replied)
    {
        var id = "c" + (++_commands).ToString(CultureInfo.InvariantCulture);
        _waiting[id] = replied ?? (static _ => { });
        _out.ResetWrittenCount();
        write(Encoding.ASCII.GetBytes(id));
        _connection.Write(_out.WrittenSpan);
        _connection.Flush();
    }
}
