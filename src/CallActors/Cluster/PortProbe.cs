using System.Net.Sockets;

namespace CallActors.Cluster;

/// <summary>What a node's port says of its process.</summary>
internal enum PortAnswer
{
    /// <summary>Somebody accepts connections there.</summary>
    Open,

    /// <summary>The machine is there and nobody listens: the process is gone.</summary>
    Refused,

    /// <summary>Nothing came back: the machine, or the way to it, may be gone, or slow. It says nothing about the process.</summary>
    Nothing,
}

/// <summary>Knocks at a node's port.</summary>
internal static class PortProbe
{
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(500);

    /// <summary>Knocks once. It never fails.</summary>
    public static async Task<PortAnswer> KnockAsync(NodeAddress node)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        using var limit = new CancellationTokenSource(Patience);
        try
        {
            await socket.ConnectAsync(node.Host, node.Port, limit.Token).ConfigureAwait(false);
            // Gone without a word: what listens there is not to wait for one.
            socket.LingerState = new LingerOption(true, 0);
            return PortAnswer.Open;
        }
        catch (SocketException failure)
        {
            return failure.SocketErrorCode == SocketError.ConnectionRefused ? PortAnswer.Refused : PortAnswer.Nothing;
        }
        catch (OperationCanceledException)
        {
            return PortAnswer.Nothing;
        }
    }
}
