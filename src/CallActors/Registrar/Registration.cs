using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using CallActors.Sip.Headers;
using CallActors.Sip.Messages;

namespace CallActors;

/// <summary>What a REGISTER asks for, and what becomes of the bindings that are there: steps 6 and 7 of RFC 3261 §10.3, as a value.</summary>
internal sealed class Registration
{
    private const uint AnHour = 3600;

    private readonly List<Asked> _contacts = [];
    private readonly string _callId;
    private readonly uint _cseq;
    private readonly ImmutableArray<string> _path;
    private readonly RequestSource _source;
    private readonly string _server;
    private readonly string _userAgent;
    private bool _clears;

    private Registration(SipRequest request, RequestSource source, string server)
    {
        _callId = Encoding.UTF8.GetString(request.CallId);
        _cseq = request.CSeq;
        _source = source;
        _server = server;
        _userAgent = Encoding.UTF8.GetString(request.First(SipHeaderId.UserAgent));
        var path = ImmutableArray.CreateBuilder<string>();
        foreach (var value in request.Values(SipHeaderId.Path))
        {
            if (RouteView.TryParse(value, out var hop)) path.Add(Encoding.UTF8.GetString(hop.Uri));
        }

        _path = path.ToImmutable();
    }

    /// <summary>Whether it only asks which bindings there are.</summary>
    public bool IsFetch => _contacts.Count == 0 && !_clears;

    /// <summary>Reads a REGISTER.</summary>
    /// <returns>Null when it makes no sense; the refusal says why.</returns>
    public static Registration? Read(SipRequest request, RequestSource source, string server, RegistrarOptions options, out RegistrationVerdict.Refused? refusal)
    {
        refusal = null;
        var registration = new Registration(request, source, server);
        uint? forAll = request.Has(SipHeaderId.Expires)
            ? HeaderNumbers.TryDeltaSeconds(request.First(SipHeaderId.Expires), out var given) ? given : ContactView.ExpiresWhenMalformed
            : null;
        foreach (var value in request.Values(SipHeaderId.Contact))
        {
            if (!ContactView.TryParse(value, out var contact)) return Refuse(400, "A Contact Is Broken", out refusal);
            if (contact.IsStar)
            {
                registration._clears = true;
                continue;
            }

            if (!contact.Address.TryUri(out var uri) || !SipUri.TryParse(uri.Text, out var kept)) return Refuse(400, "A Contact Is Broken", out refusal);
            var seconds = contact.Expires ?? forAll ?? (uint)options.DefaultExpires.TotalSeconds;
            if (seconds > 0 && seconds < AnHour && seconds < options.MinExpires.TotalSeconds)
            {
                refusal = new(423, null, new HeaderFields { { "Min-Expires", ((int)options.MinExpires.TotalSeconds).ToString(CultureInfo.InvariantCulture) } });
                return null;
            }

            registration._contacts.Add(new(kept, TimeSpan.FromSeconds(Math.Min(seconds, options.MaxExpires.TotalSeconds)), contact.Preference ?? 1000));
        }

        // The star stands alone, and says how long in Expires: not at all.
        if (registration._clears && (registration._contacts.Count > 0 || forAll != 0)) return Refuse(400, "A Contact Of * Stands Alone With Expires: 0", out refusal);
        return registration;
    }

    /// <summary>What the bindings become, all or none.</summary>
    public RegistrationVerdict Apply(ImmutableArray<Binding> before, DateTimeOffset now, RegistrarOptions options)
    {
        var bindings = before.RemoveAll(binding => binding.ExpiresAt <= now);
        if (_clears) return bindings.Any(IsNewer) ? OutOfOrder() : new RegistrationVerdict.Granted([]);
        foreach (var contact in _contacts)
        {
            var at = IndexOf(bindings, contact.Uri);
            if (at >= 0 && IsNewer(bindings[at])) return OutOfOrder();
            if (contact.Expires == TimeSpan.Zero)
            {
                if (at >= 0) bindings = bindings.RemoveAt(at);
                continue;
            }

            var binding = new Binding(contact.Uri.ToString(), contact.Preference, now + contact.Expires, _callId, _cseq, _path, _source, _server, _userAgent);
            bindings = at >= 0 ? bindings.SetItem(at, binding) : bindings.Add(binding);
        }

        return bindings.Length > options.MostContacts ? new RegistrationVerdict.Refused(403, "Too Many Contacts") : new RegistrationVerdict.Granted(bindings);
    }

    // Within one Call-ID the sequence number tells which came later; it must have grown.
    private bool IsNewer(Binding binding) => binding.CallId == _callId && binding.CSeq >= _cseq;

    private static int IndexOf(ImmutableArray<Binding> bindings, SipUri uri)
    {
        for (var at = 0; at < bindings.Length; at++)
        {
            if (SipUri.TryParse(Encoding.UTF8.GetBytes(bindings[at].Uri), out var there) && there.Equals(uri)) return at;
        }

        return -1;
    }

    private static RegistrationVerdict.Refused OutOfOrder() => new(500, "The Registration Is Older Than The Binding");

    private static Registration? Refuse(int status, string reason, out RegistrationVerdict.Refused? refusal)
    {
        refusal = new(status, reason);
        return null;
    }

    private sealed record Asked(SipUri Uri, TimeSpan Expires, int Preference);
}
