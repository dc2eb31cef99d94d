using System.Buffers;
using System.Collections.Immutable;
using System.Text;
using CallActors.Sip.Messages;
using static CallActors.Sip.Messages.SipHeaderId;

namespace CallActors.Headers;

/// <summary>
/// Which headers of a message go into the one that is made from it: requests, responses, CANCEL, BYE and everything within a dialog alike.
/// Immutable, and the message it is applied to stays as it is.
/// </summary>
/// <remarks>
/// <para>
/// <c>HeaderPolicy.All.Except("P-*").Set("X-Tenant", "7")</c>. Of several rules about one header the last counts; what is set is never copied as
/// well. Names match in any case and in their compact forms; spelling, order and repetitions stay as they were.
/// </para>
/// <para>
/// Headers that belong to one dialog, transaction or body are never copied: Via, From, To, Call-ID, CSeq, Contact, Max-Forwards, Route, Record-Route, RSeq,
/// RAck and all that describe the body, which go where the body goes. Those that belong to what one side can, asks or knows (Require, Supported,
/// Session-Expires, credentials, Replaces…) are copied only when <see cref="Copy"/> names them in full.
/// </para>
/// </remarks>
public sealed class HeaderPolicy
{
    private readonly ImmutableArray<Selection> _selections;
    private readonly ImmutableArray<OwnHeader> _own;
    private readonly bool _isForBody;
    private string? _text;

    private HeaderPolicy(ImmutableArray<Selection> selections, ImmutableArray<OwnHeader> own, bool isForBody = false)
    {
        _selections = selections;
        _own = own;
        _isForBody = isForBody;
    }

    /// <summary>Copies nothing.</summary>
    public static HeaderPolicy None { get; } = new([], []);

    /// <summary>Copies everything that may be.</summary>
    public static HeaderPolicy All { get; } = None.CopyAll();

    /// <summary>What a CANCEL or BYE says about why it was sent (RFC 3326).</summary>
    public static HeaderPolicy Reasons { get; } = None.Copy("Reason", "X-Reason");

    /// <summary>The headers that describe a body, for whoever copies that as it is.</summary>
    internal static HeaderPolicy Body { get; } = new([new(HeaderPattern.All, IsCopy: true)], [], isForBody: true);

    /// <summary>Copies everything that may be, also what was excepted before.</summary>
    public HeaderPolicy CopyAll() => With(HeaderPattern.All, isCopy: true);

    /// <summary>Copies these headers: names, or beginnings of names with an asterisk.</summary>
    /// <exception cref="ArgumentException">A name is none, or is that of a header that is never copied.</exception>
    public HeaderPolicy Copy(params ReadOnlySpan<string> names)
    {
        var policy = this;
        foreach (var name in names)
        {
            var pattern = HeaderPattern.Of(name);
            if (IsBound(pattern.Id)) throw new ArgumentException($"{name} belongs to its own dialog or transaction and is never copied; set it, if it shall differ.", nameof(names));
            if (DescribesBody(pattern.Id)) throw new ArgumentException($"{name} describes the body and goes where the body goes.", nameof(names));
            policy = policy.With(pattern, isCopy: true);
        }
        return policy;
    }

    /// <summary>Does not copy these headers: names, or beginnings of names with an asterisk.</summary>
    public HeaderPolicy Except(params ReadOnlySpan<string> names)
    {
        var policy = this;
        foreach (var name in names) policy = policy.With(HeaderPattern.Of(name), isCopy: false);
        return policy;
    }

    /// <summary>Gives the header this value, in the place of whatever was copied or set.</summary>
    /// <exception cref="ArgumentException">The name or the value cannot stand in a message, or the header is written by the server alone.</exception>
    public HeaderPolicy Set(string name, string value) => new(_selections, [.. OwnWithout(name), new(Checked(name, value), IsOnly: true)], _isForBody);

    /// <summary>Adds a header of this value to whatever was copied or set.</summary>
    /// <exception cref="ArgumentException">The name or the value cannot stand in a message, or the header is written by the server alone.</exception>
    public HeaderPolicy Add(string name, string value) => new(_selections, _own.Add(new(Checked(name, value), IsOnly: false)), _isForBody);

    /// <summary>Neither copies nor sets the header.</summary>
    public HeaderPolicy Remove(string name)
    {
        var pattern = HeaderPattern.Of(name);
        return new(_selections.Add(new(pattern, IsCopy: false)), OwnWithout(name), _isForBody);
    }

    /// <summary>The policy as a text that <see cref="Read"/> makes the same policy of: a line for each rule, in their order.</summary>
    internal string ToText() => _text ??= string.Concat(
        _selections.Select(rule => $"{(rule.IsCopy ? '+' : '-')}{rule.Pattern}\n").Concat(_own.Select(own => $"{(own.IsOnly ? '=' : '&')}{own.Line}\n")));

    /// <summary>Reads <see cref="ToText"/>. What is no rule is left out: it was written by another release.</summary>
    internal static HeaderPolicy Read(string text)
    {
        if (text.Length == 0) return None;
        if (text == All.ToText()) return All;
        var policy = None;
        foreach (var rule in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var colon = rule.IndexOf(':', StringComparison.Ordinal);
            try
            {
                policy = rule[0] switch
                {
                    '+' or '-' => policy.With(HeaderPattern.Of(rule[1..]), rule[0] == '+'),
                    '=' or '&' when colon > 0 => new(policy._selections, policy._own.Add(new(Checked(rule[1..colon], rule[(colon + 1)..].Trim()), rule[0] == '=')), false),
                    _ => policy,
                };
            }
            catch (ArgumentException)
            {
                // Left out.
            }
        }

        return policy;
    }

    /// <summary>The headers to write: those copied in their order, then those set.</summary>
    public ImmutableArray<HeaderLine> Apply(SipMessage message)
    {
        ArgumentNullException.ThrowIfNull(message);
        var lines = ImmutableArray.CreateBuilder<HeaderLine>();
        for (var index = 0; index < message.HeaderCount; index++)
        {
            var header = message.Header(index);
            if (IsCopied(header)) lines.Add(new(Encoding.UTF8.GetString(header.Name), HeaderLine.Unfolded(header.Value)));
        }
        foreach (var own in _own) lines.Add(own.Line);
        return lines.DrainToImmutable();
    }

    /// <summary>Writes the lines of <see cref="Apply"/>, each with its end; what is copied keeps its bytes but for folding.</summary>
    internal void Write(SipMessage message, IBufferWriter<byte> output)
    {
        for (var index = 0; index < message.HeaderCount; index++)
        {
            var header = message.Header(index);
            if (!IsCopied(header)) continue;
            output.Write(header.Name);
            output.Write(": "u8);
            if (header.Value.ContainsAny((byte)'\r', (byte)'\n')) output.Write(Encoding.UTF8.GetBytes(HeaderLine.Unfolded(header.Value)));
            else output.Write(header.Value);
            output.Write("\r\n"u8);
        }
        foreach (var own in _own) output.Write(Encoding.UTF8.GetBytes(own.Line.ToString() + "\r\n"));
    }

    private bool IsCopied(SipHeaderView header)
    {
        if (_isForBody != DescribesBody(header.Id) || IsBound(header.Id)) return false;
        foreach (var own in _own)
        {
            if (own.IsOnly && own.Pattern.Matches(header)) return false;
        }
        for (var index = _selections.Length - 1; index >= 0; index--)
        {
            var (pattern, isCopy) = _selections[index];
            if (!pattern.Matches(header) || (isCopy && pattern.IsWild && IsOneSides(header.Id))) continue;
            return isCopy;
        }
        return false;
    }

    // A header of one dialog, transaction or hop.
    private static bool IsBound(SipHeaderId id) => id is
        Via or From or To or CallId or CSeq or Contact or MaxForwards or Route or RecordRoute or RSeq or RAck or ContentLength or Error;

    private static bool DescribesBody(SipHeaderId id) => id is
        ContentType or ContentDisposition or ContentEncoding or ContentLanguage or MimeVersion;

    // What holds between one side and us: option tags, the session timer, credentials, dialogs named by tags, registrations.
    private static bool IsOneSides(SipHeaderId id) => id is
        Require or ProxyRequire or Supported or Unsupported or SessionExpires or MinSE or
        Authorization or ProxyAuthorization or WwwAuthenticate or ProxyAuthenticate or AuthenticationInfo or ProxyAuthenticationInfo or
        Replaces or Join or TargetDialog or SecurityClient or SecurityServer or SecurityVerify or SipHeaderId.Path or ServiceRoute or Timestamp;

    private static HeaderLine Checked(string name, string value)
    {
        var line = HeaderLine.Of(name, value);
        if (line.Id is Via or RecordRoute or RSeq or RAck or ContentLength) throw new ArgumentException($"{name} is written by the server.", nameof(name));
        return line;
    }

    private HeaderPolicy With(HeaderPattern pattern, bool isCopy) => new(_selections.Add(new(pattern, isCopy)), _own, _isForBody);

    private ImmutableArray<OwnHeader> OwnWithout(string name) => _own.RemoveAll(own => own.Line.Is(name));

    private readonly record struct Selection(HeaderPattern Pattern, bool IsCopy);

    private readonly record struct OwnHeader(HeaderLine Line, bool IsOnly)
    {
        public HeaderPattern Pattern { get; } = HeaderPattern.Exactly(Line.Name);
    }
}
