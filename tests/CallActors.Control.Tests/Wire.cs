using System.Buffers;
using System.Text;

namespace CallActors.Control.Tests;

/// <summary>Frames as readable text: <c>⏎</c> stands for CRLF.</summary>
internal static class Wire
{
    public static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text.Replace("⏎", "\r\n", StringComparison.Ordinal));

    public static string Text(ReadOnlySpan<byte> bytes) => Encoding.UTF8.GetString(bytes).Replace("\r\n", "⏎", StringComparison.Ordinal);

    /// <summary>What <paramref name="write"/> put on the wire, count and all.</summary>
    public static byte[] Written(Action<IBufferWriter<byte>> write)
    {
        var output = new ArrayBufferWriter<byte>();
        write(output);
        return output.WrittenSpan.ToArray();
    }

    /// <summary>The payload of the one frame that <paramref name="write"/> put on the wire.</summary>
    public static byte[] Payload(Action<IBufferWriter<byte>> write)
    {
        var written = Written(write);
        var frame = new ControlFramer().Next(written);
        Assert.Equal(ControlFrameStatus.Frame, frame.Status);
        Assert.Equal(written.Length, frame.Consumed);
        return frame.Payload(written).ToArray();
    }

    public static MessageTransit Network(int size, string address, int port, string time) =>
        new(MessageSource.Network, size, MessageTransport.Udp, Bytes(address), port, Time(time));

    public static MessageTransit Application(int size, string address, int port, string time) =>
        new(MessageSource.Application, size, MessageTransport.Udp, Bytes(address), port, Time(time));

    public static TimeSpan Time(string text)
    {
        Assert.True(ControlTime.TryRead(Bytes(text), out var time));
        return time;
    }
}
