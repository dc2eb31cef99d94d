using System.Net;
using System.Net.Sockets;

namespace CallActors.Chaos.Topology;

/// <summary>What the other nodes reach one node by: a relay for TCP, which can be cut without anybody being told, as networks are.</summary>
/// <param name="port">Where it listens.</param>
/// <param name="target">The node's own port.</param>
/// <param name="owner">Which node a connection comes from, by its process; -1 when it is none.</param>
internal sealed class ClusterLink(int port, int target, Func<int, int> owner) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly List<Cut> _connections = [];
    private readonly HashSet<int> _cut = [];
    private TcpListener? _listener;

    /// <summary>The node is about to start: its port is there.</summary>
    public void Open()
    {
        var listener = new TcpListener(IPAddress.Loopback, port);
        listener.Start();
        lock (_lock) _listener = listener;
        _ = AcceptAsync(listener);
    }

    /// <summary>The node is dead: its port is refused, as the system does it.</summary>
    public void Close()
    {
        lock (_lock) _listener?.Dispose();
    }

    /// <summary>From now on nothing passes from and to a node.</summary>
    public void CutFrom(int node)
    {
        lock (_lock)
        {
            _cut.Add(node);
            foreach (var connection in _connections.Where(connection => connection.From == node)) connection.Halt();
        }
    }

    /// <summary>Everything passes again; what waited goes on.</summary>
    public void Heal()
    {
        lock (_lock)
        {
            _cut.Clear();
            foreach (var connection in _connections) connection.Resume();
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _listener?.Dispose();
            foreach (var connection in _connections) connection.Dispose();
        }
    }

    /// <summary>The process that a connection on loopback belongs to, by what the system says of its sockets.</summary>
    public static int ProcessOf(int clientPort, int serverPort, IEnumerable<int> candidates)
    {
        // A socket for both families is in the second table, its addresses mapped.
        string from = $"0100007F:{clientPort:X4}", to = $"0100007F:{serverPort:X4}";
        var inode = File.ReadLines("/proc/net/tcp").Concat(File.ReadLines("/proc/net/tcp6")).Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .FirstOrDefault(fields => fields[1].EndsWith(from, StringComparison.Ordinal) && fields[2].EndsWith(to, StringComparison.Ordinal))?[9];
        return candidates.FirstOrDefault(process => Sockets(process).Contains($"socket:[{inode}]"), -1);
    }

    private static string?[] Sockets(int process)
    {
        try
        {
            return Directory.GetFiles($"/proc/{process}/fd").Select(file => File.ResolveLinkTarget(file, returnFinalTarget: false)?.Name).ToArray();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private async Task AcceptAsync(TcpListener listener)
    {
        while (true)
        {
            try
            {
                var client = await listener.AcceptSocketAsync().ConfigureAwait(false);
                var connection = new Cut(client, owner(((IPEndPoint)client.RemoteEndPoint!).Port));
                lock (_lock)
                {
                    _connections.RemoveAll(known => known.IsOver);
                    _connections.Add(connection);
                    if (_cut.Contains(connection.From)) connection.Halt();
                }
                _ = connection.RelayAsync(target);
            }
            catch (Exception e) when (e is ObjectDisposedException or SocketException)
            {
                return;
            }
        }
    }

    /// <summary>One connection through the relay, which may stand still.</summary>
    private sealed class Cut(Socket client, int from) : IDisposable
    {
        private readonly Socket _node = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        private TaskCompletionSource _isOpen = Opened();

        public int From => from;

        public bool IsOver { get; private set; }

        public void Halt()
        {
            if (_isOpen.Task.IsCompleted) _isOpen = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        public void Resume() => _isOpen.TrySetResult();

        public async Task RelayAsync(int target)
        {
            try
            {
                client.NoDelay = true;
                await _isOpen.Task.ConfigureAwait(false);
                await _node.ConnectAsync(IPAddress.Loopback, target).ConfigureAwait(false);
                await Task.WhenAny(PumpAsync(client, _node), PumpAsync(_node, client)).ConfigureAwait(false);
            }
            catch (SocketException)
            {
                // The node is not there: the connection ends, as it would without us.
            }
            Dispose();
        }

        public void Dispose()
        {
            IsOver = true;
            client.Dispose();
            _node.Dispose();
        }

        private static TaskCompletionSource Opened()
        {
            var open = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            open.SetResult();
            return open;
        }

        private async Task PumpAsync(Socket source, Socket sink)
        {
            var buffer = new byte[65536];
            try
            {
                while (await source.ReceiveAsync(buffer).ConfigureAwait(false) is > 0 and var count)
                {
                    await _isOpen.Task.ConfigureAwait(false);
                    for (var sent = 0; sent < count;) sent += await sink.SendAsync(buffer.AsMemory(sent, count - sent)).ConfigureAwait(false);
                }
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                // Either end may go at any moment: that is what this is for.
            }
        }
    }
}
