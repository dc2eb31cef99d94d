using System.Globalization;
using System.Text;
using CallActors.Net;
using CallActors.Sip.Messages;

namespace CallActors.TestKit;

/// <summary>One message of a <see cref="Ladder"/>, as it was sent.</summary>
/// <param name="At">When, counted from the beginning.</param>
/// <param name="From">Who sent it.</param>
/// <param name="To">Who it was sent to.</param>
/// <param name="Protocol">What carried it.</param>
/// <param name="Fate">What became of it.</param>
/// <param name="Message">The message; null for what cannot be read as one.</param>
/// <param name="Bytes">What was sent.</param>
public sealed record LadderMessage(TimeSpan At, string From, string To, NetProtocol Protocol, MemoryFate Fate, SipMessage? Message, ReadOnlyMemory<byte> Bytes)
{
    /// <summary>The method of a request; empty for a response.</summary>
    public string Method => Message is SipRequest request ? Encoding.ASCII.GetString(request.MethodName) : "";

    /// <summary>The status of a response; 0 for a request.</summary>
    public int Status => (Message as SipResponse)?.StatusCode ?? 0;

    /// <summary>The whole message as text.</summary>
    public string Text => Encoding.UTF8.GetString(Bytes.Span);

    /// <summary>What stands on the arrow: method or status, what it belongs to, whether it describes a session.</summary>
    public string Label => Message switch
    {
        null => string.Create(CultureInfo.InvariantCulture, $"? {Bytes.Length} bytes"),
        SipResponse response => string.Create(
            CultureInfo.InvariantCulture, $"{response.StatusCode} {Encoding.ASCII.GetString(response.CSeqMethodName)} {response.CSeq}{BodyMark(response)}"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{Method} {Message.CSeq}{BodyMark(Message)}"),
    };

    /// <summary>What is said beside the arrow; empty when all is as usual.</summary>
    internal string Remark
    {
        get
        {
            var fate = Fate switch
            {
                MemoryFate.Lost => "lost",
                MemoryFate.Doubled => "doubled",
                MemoryFate.Refused => "nobody there",
                _ => "",
            };
            var carrier = Protocol == NetProtocol.Udp ? "" : Protocol.ToString().ToLowerInvariant();
            return fate.Length > 0 && carrier.Length > 0 ? $"{carrier}, {fate}" : fate + carrier;
        }
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{At.TotalSeconds:0.000} {From} -> {To}: {Label}{(Remark.Length > 0 ? $" ({Remark})" : "")}");

    private static string BodyMark(SipMessage message) =>
        message.Body.IsEmpty ? "" : System.Text.Ascii.EqualsIgnoreCase(message.First(SipHeaderId.ContentType), "application/sdp"u8) ? " (sdp)" : " (body)";
}
