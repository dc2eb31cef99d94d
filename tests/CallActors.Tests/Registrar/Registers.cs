using System.Collections.Immutable;
using System.Text;
using CallActors.Sip.Messages;

namespace CallActors.Tests.Registrations;

/// <summary>REGISTERs as a phone writes them, and what becomes of a user's bindings.</summary>
internal sealed class Registers
{
    private ImmutableArray<Binding> _bindings = [];

    public DateTimeOffset Now { get; set; } = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public RegistrarOptions Options { get; init; } = new();

    public IEnumerable<string> Uris => _bindings.Select(binding => binding.Uri);

    public ImmutableArray<Binding> Bindings => _bindings;

    /// <summary>The status that a REGISTER is answered with; its bindings are kept when it is granted.</summary>
    public int Send(string more, int cseq = 1, string callId = "c@d", RequestSource? source = null)
    {
        if (Registration.Read(Request(more, cseq, callId), source ?? new RequestSource("192.0.2.1", 5060, "udp", ""), "edge", Options, out var refused) is not { } registration) return refused!.Status;
        var verdict = registration.Apply(_bindings, Now, Options);
        if (verdict is RegistrationVerdict.Granted granted) _bindings = granted.Bindings;
        return verdict is RegistrationVerdict.Refused no ? no.Status : 200;
    }

    public static SipRequest Request(string more, int cseq = 1, string callId = "c@d", string method = "REGISTER")
    {
        var text = $"{method} sip:example.com SIP/2.0\nVia: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bKa\nFrom: <sip:alice@example.com>;tag=f\nTo: <sip:alice@example.com>\nCall-ID: {callId}\nCSeq: {cseq} {method}\nMax-Forwards: 70\n{more}\n";
        var result = SipParser.Parse(Encoding.UTF8.GetBytes(text.Replace("\n", "\r\n", StringComparison.Ordinal)));
        Assert.Equal(SipParseStatus.Message, result.Status);
        return (SipRequest)result.Message!;
    }
}
