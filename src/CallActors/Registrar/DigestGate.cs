using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using CallActors.Sip.Digest;
using CallActors.Sip.Headers;
using CallActors.Sip.Messages;

namespace CallActors;

/// <summary>Lets requests in whose sender proves to know a password (RFC 3261 §22, RFC 7616, RFC 8760). It keeps no password and writes none anywhere.</summary>
/// <remarks>REGISTERs are challenged as by a user agent server (401), everything else as by a proxy (407), which is what phones expect of a PBX.</remarks>
public sealed class DigestGate
{
    private readonly DigestGateOptions _options;
    private readonly TimeProvider _time;
    private readonly long _start;
    private readonly NonceKey _key;
    private readonly DigestServer _server;
    private NonceMemory _memory = NonceMemory.Empty;

    /// <summary>A gate.</summary>
    /// <param name="options">Who is let in.</param>
    /// <param name="time">The time; null is the system's.</param>
    public DigestGate(DigestGateOptions options, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        _time = time ?? TimeProvider.System;
        _start = _time.GetTimestamp();
        _key = new NonceKey(RandomNumberGenerator.GetBytes(32));
        _server = new DigestServer(options.Realm, _key) { Algorithms = options.Algorithms, NonceLifetime = options.NonceLifetime };
    }

    /// <summary>The user that a request was let in for; null when it passed no gate.</summary>
    public static string? UserOf(IncomingRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        return request.Items.TryGetValue(typeof(DigestGate), out var user) ? (string?)user : null;
    }

    /// <summary>Decides on a request. One that is not let in has been answered: challenged, or refused.</summary>
    public async Task<bool> Admit(IncomingRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        var asProxy = request.Message.Method != SipMethod.Register;
        var (verdict, user) = await Judge(request.Message, asProxy);
        switch (verdict)
        {
            case DigestVerdict.Accepted when !_options.MustBeOneself || IsOneself(request.Message, user):
                request.Items[typeof(DigestGate)] = user;
                return true;
            case DigestVerdict.Accepted: await request.Respond(403, "Users Speak For Themselves Alone"); break;
            case DigestVerdict.Incomplete: await request.Respond(400, "The Credentials Are Incomplete"); break;
            default: await request.Respond(asProxy ? 407 : 401, null, null, Challenges(asProxy, verdict == DigestVerdict.Stale)); break;
        }

        return false;
    }

    // Several credentials may be there, for several realms and algorithms: the first that is for us decides (RFC 3261 §22.3).
    internal async Task<(DigestVerdict Verdict, string User)> Judge(SipRequest request, bool asProxy)
    {
        for (var index = 0; TryCredentials(request, asProxy, index, out var user, out var algorithmKnown); index++)
        {
            if (!algorithmKnown) continue;
            var password = await _options.Password(user, _options.Realm);
            var secret = password is null ? null
                : DigestSecret.OfPassword(Encoding.UTF8.GetBytes(user), Encoding.UTF8.GetBytes(_options.Realm), Encoding.UTF8.GetBytes(password));
            var verdict = Verify(request, asProxy, index, secret);
            if (verdict != DigestVerdict.NotForUs) return (verdict, user);
        }

        return (DigestVerdict.NotForUs, "");
    }

    private bool TryCredentials(SipRequest request, bool asProxy, int index, out string user, out bool isOurs)
    {
        user = "";
        isOurs = false;
        if (!TryField(request, asProxy, index, out var field)) return false;
        if (!Sip.Digest.Credentials.TryParse(field, out var credentials) || !credentials.IsDigest || !credentials.IsOf(_server.Realm)) return true;
        user = credentials.User.ToString();
        isOurs = true;
        return true;
    }

    private DigestVerdict Verify(SipRequest request, bool asProxy, int index, DigestSecret? secret)
    {
        if (!TryField(request, asProxy, index, out var field) || !Sip.Digest.Credentials.TryParse(field, out var credentials)) return DigestVerdict.NotForUs;
        var now = _time.GetElapsedTime(_start);
        while (true)
        {
            var before = Volatile.Read(ref _memory);
            var verification = _server.Verify(credentials, request.MethodName, request.Body, secret, before, now);
            // Somebody else may have used a nonce meanwhile; no use of one is to be forgotten.
            if (verification.Memory == before || Interlocked.CompareExchange(ref _memory, verification.Memory, before) == before) return verification.Verdict;
        }
    }

    internal HeaderFields Challenges(bool asProxy, bool isStale)
    {
        var headers = new HeaderFields();
        var nonce = _key.Make(_time.GetElapsedTime(_start), BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8)));
        var text = new ArrayBufferWriter<byte>(256);
        foreach (var algorithm in _server.Algorithms)
        {
            text.ResetWrittenCount();
            _server.WriteChallenge(algorithm, nonce, isStale, text);
            headers.Add(asProxy ? "Proxy-Authenticate" : "WWW-Authenticate", Encoding.UTF8.GetString(text.WrittenSpan));
        }

        return headers;
    }

    private static bool TryField(SipRequest request, bool asProxy, int index, out ReadOnlySpan<byte> field)
    {
        foreach (var value in request.Fields(asProxy ? SipHeaderId.ProxyAuthorization : SipHeaderId.Authorization))
        {
            if (index-- > 0) continue;
            field = value;
            return true;
        }

        field = default;
        return false;
    }

    private static bool IsOneself(SipRequest request, string user) =>
        Is(request.First(SipHeaderId.From), user) && (request.Method != SipMethod.Register || Is(request.First(SipHeaderId.To), user));

    private static bool Is(ReadOnlySpan<byte> nameAddr, string user) =>
        NameAddrView.TryParse(nameAddr, out var address) && AddressOfRecord.Of(address.Uri, byUser: true) == user;
}
