using BenchmarkDotNet.Attributes;
using CallActors.Sip.Messages;

namespace CallActors.Benchmarks.Micro;

/// <summary>Messages: parsing with validation into a message that owns its bytes, and writing.</summary>
public class SipMessages
{
    private readonly SipMessageBuilder _builder = new();
    private SipRequest _invite = null!;

    [GlobalSetup]
    public void Prepare()
    {
        var result = SipParser.Parse(Samples.Invite);
        if (result.Status != SipParseStatus.Message) throw new InvalidOperationException($"The sample was refused: {result.Error}");
        _invite = (SipRequest)result.Message!;
    }

    [Benchmark]
    public int ParseInvite900() => SipParser.Parse(Samples.Invite).Message!.HeaderCount;

    [Benchmark]
    public int ParseInvite900AndStampVia() => SipParser.Parse(Samples.Invite, new ViaStamp("198.51.100.77"u8, 40123)).Message!.HeaderCount;

    [Benchmark]
    public int ParseBye400() => SipParser.Parse(Samples.Bye).Message!.HeaderCount;

    [Benchmark]
    public int ReadFacts() => _invite.CallId.Length + _invite.FromTag.Length + _invite.Branch.Length + (int)_invite.CSeq;

    [Benchmark]
    public int WriteInvite900()
    {
        _builder.Request(SipMethod.Invite, _invite.RequestUri);
        for (var i = 0; i < _invite.HeaderCount; i++)
        {
            var header = _invite.Header(i);
            if (header.Id != SipHeaderId.ContentLength) _builder.Header(header.Id, header.Value);
        }

        return _builder.ToRequest(_invite.Body).Bytes.Length;
    }

    [Benchmark]
    public int Write200() => _invite.RespondTo(200, default, "a7f3c2d1"u8).Bytes.Length;
}
