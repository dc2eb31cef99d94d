namespace CallActors.Net.Tests.Streams;

/// <summary>Everything at once from every side: what must hold however the threads meet.</summary>
public sealed class StormTests
{
    [Fact]
    public Task However_writes_flushes_closes_and_aborts_meet_every_end_hears_of_it_once() => Storm(new SystemRig());

    [Fact]
    public Task So_it_is_with_a_thread_for_each_connection() => Storm(new OwnThreadRig());

    [Fact]
    public Task So_it_is_under_TLS() => Storm(new TlsRig());

    private static async Task Storm(SystemRig rig)
    {
        await using var disposed = rig;
        var faults = new List<Exception>();
        var options = rig.Options(StreamOptions.Default with { MaxBacklog = 200_000, OnFault = fault => rig.Signal.Record(() => faults.Add(fault)) });
        var ends = new List<Recorder>();
        Recorder Add(IStreamConnection connection)
        {
            var end = new Recorder(rig.Signal, connection) { Echoes = true };
            rig.Signal.Record(() => ends.Add(end));
            return end;
        }

        await using var listener = await rig.Network.ListenAsync(rig.Anywhere, rig.Protocol, options, Add);
        for (var i = 0; i < 60; i++)
        {
            var connection = await rig.Network.ConnectAsync(listener.Local, rig.Protocol, options, Add);
            // Who is gone before the listener has come to it has no other end.
            rig.Signal.Until(() => ends.Count == 2 * (i + 1), "both ends");
            var dice = new Random(i);
            await Task.WhenAll(Enumerable.Range(0, 3).Select(writer => Task.Run(() => Storm(connection, new Random((100 * i) + writer)))));
            switch (dice.Next(3))
            {
                case 0: connection.Close("closed"); break;
                case 1: connection.Abort("aborted"); break;
                default: Parallel.Invoke(() => connection.Close("closed"), () => connection.Abort("aborted"), connection.Flush); break;
            }
        }

        rig.Signal.Until(() => rig.System.OpenConnections == 0, "all ends");
        Assert.Equal(120, ends.Count);
        Assert.All(ends, end => Assert.Equal((1, 0, 0), (end.Ends.Count, end.Overlaps, end.Afterwards)));
        Assert.Empty(faults);
    }

    private static void Storm(IStreamConnection connection, Random dice)
    {
        var frame = Recorder.Frame(new byte[1000]);
        for (var i = 0; i < 100; i++)
        {
            switch (dice.Next(40))
            {
                case 0 when i > 50: connection.Close("closed in the storm"); break;
                case 1 when i > 50: connection.Abort("aborted in the storm"); break;
                case < 10: connection.Flush(); break;
                default: connection.Write(frame); break;
            }
        }
    }
}
