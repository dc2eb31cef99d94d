using System.Buffers;

namespace CallActors.Control.Events;

/// <summary>Writes call detail events: <c>&lt;id&gt;|cdr:…|&lt;source&gt;|&lt;time&gt;[|&lt;role or reason&gt;]</c> and the SIP message they are about.</summary>
public static class CdrEvents
{
    /// <summary>A call was attempted; the message is the INVITE.</summary>
    public static void Attempt(IBufferWriter<byte> output, ReadOnlySpan<byte> id, MessageSource source, DateTimeOffset time, SipText message) =>
        Write(output, id, "|cdr:attempt|"u8, source, time, default, message);

    /// <summary>A call was answered; the message is the 200.</summary>
    public static void Start(
        IBufferWriter<byte> output, ReadOnlySpan<byte> id, MessageSource source, DateTimeOffset time, CdrRole role, SipText message) =>
        Write(output, id, "|cdr:start|"u8, source, time, role.Name(), message);

    /// <summary>A call ended; the message is the response, CANCEL or BYE that ended it.</summary>
    public static void Stop(
        IBufferWriter<byte> output, ReadOnlySpan<byte> id, MessageSource source, DateTimeOffset time, CdrReason reason, SipText message) =>
        Write(output, id, "|cdr:stop|"u8, source, time, reason.Name(), message);

    private static void Write(
        IBufferWriter<byte> output, ReadOnlySpan<byte> id, ReadOnlySpan<byte> type, MessageSource source, DateTimeOffset time,
        ReadOnlySpan<byte> last, SipText message)
    {
        var extra = last.IsEmpty ? 0 : 1 + last.Length;
        var frame = ControlFrameWriter.Open(output,
            id.Length + type.Length + source.Name().Length + 1 + ControlTime.Length + extra + 2 + message.Length);
        frame.Token(id);
        frame.Bytes(type);
        frame.Bytes(source.Name());
        frame.Next(ControlTime.OfDay(time));
        if (extra > 0) frame.Next(last);
        frame.Bytes("\r\n"u8);
        message.WriteTo(ref frame);
        frame.Close();
    }
}
