using System.Net;
using System.Net.Sockets;
using BenchmarkDotNet.Attributes;
using CallActors.Net;

namespace CallActors.Benchmarks.Micro;

/// <summary>A control frame's worth of bytes to the TCP transport and back: one at a time, and 32 in writes of their own.</summary>
public class StreamEcho
{
    private const int Batch = 32;
    private readonly Socket _client = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] _frame = new byte[600];
    private readonly byte[] _buffer = new byte[Batch * 600];
    private IStreamListener? _listener;

    [GlobalSetup]
    public void Open()
    {
        _listener = new SystemNetwork().ListenAsync(new IPEndPoint(IPAddress.Loopback, 0), NetProtocol.Tcp, StreamOptions.Default, c => new Echo(c)).Result;
        _client.Connect(_listener.Local.ToEndPoint());
    }

    [GlobalCleanup]
    public void Close()
    {
        _client.Dispose();
        _listener!.DisposeAsync().AsTask().Wait();
    }

    [Benchmark]
    public int OneAtATime()
    {
        _client.Send(_frame, SocketFlags.None);
        return Receive(_frame.Length);
    }

    [Benchmark(OperationsPerInvoke = Batch)]
    public int ThirtyTwoAtOnce()
    {
        for (var i = 0; i < Batch; i++) _client.Send(_frame, SocketFlags.None);
        return Receive(Batch * _frame.Length);
    }

    private int Receive(int bytes)
    {
        for (var received = 0; received < bytes;) received += _client.Receive(_buffer, SocketFlags.None);
        return bytes;
    }

    private sealed class Echo(IStreamConnection connection) : IStreamReceiver
    {
        public int OnBytes(ReadOnlySpan<byte> buffered)
        {
            connection.Write(buffered);
            return buffered.Length;
        }

        public void OnBatchEnd() => connection.Flush();

        public void OnClosed(string? reason)
        {
        }
    }
}
