using System.Buffers;
using BenchmarkDotNet.Attributes;
using CallActors.Control;
using CallActors.Control.Events;

namespace CallActors.Benchmarks.Micro;

/// <summary>The control protocol: the frame that offers an INVITE to an application, written and read again.</summary>
public class ControlFrames
{
    private static readonly DateTimeOffset Time = new(2026, 1, 2, 14, 3, 22, TimeSpan.Zero);
    private readonly ArrayBufferWriter<byte> _output = new(4096);
    private readonly byte[] _id = "7d3c3b5e-51c5-4b1d-8f30-2a6f3f0e9a11"u8.ToArray();
    private byte[] _frame = [];

    [GlobalSetup]
    public void Prepare()
    {
        WriteInviteEvent();
        _frame = _output.WrittenSpan.ToArray();
    }

    [Benchmark]
    public int WriteInviteEvent()
    {
        _output.ResetWrittenCount();
        var transit = new MessageTransit(MessageSource.Network, Samples.Invite.Length, MessageTransport.Udp, "192.0.2.17"u8, 5060, Time);
        ControlEvents.NewRequest(_output, _id, transit, _id, "203.0.113.9"u8, 5060, Samples.Invite);
        return _output.WrittenCount;
    }

    [Benchmark]
    public int ReadFrameAndTokens()
    {
        var framer = new ControlFramer();
        var frame = framer.Next(_frame);
        var message = new ControlMessage(frame.Payload(_frame));
        return message.TokenCount + message.Token(8).Length + message.Sip.Length;
    }
}
