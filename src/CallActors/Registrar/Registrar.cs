using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using CallActors.Sip.Headers;
using CallActors.Sip.Messages;

namespace CallActors;

/// <summary>A registrar (RFC 3261 §10.3): takes REGISTERs, and knows where its users can be reached.</summary>
/// <example>
/// <code>
/// var registrar = new Registrar();
/// app.Register(registrar.Handle);
/// // in a flow: var contacts = await registrar.Find("alice@example.org");
/// </code>
/// </example>
public sealed class Registrar
{
    private readonly RegistrarOptions _options;
    private readonly ILocationStore _store;
    private readonly TimeProvider _time;

    /// <summary>A registrar.</summary>
    /// <param name="options">How it grants; null for the defaults.</param>
    /// <param name="store">Where bindings are kept; null is in memory.</param>
    /// <param name="time">The time; null is the system's.</param>
    public Registrar(RegistrarOptions? options = null, ILocationStore? store = null, TimeProvider? time = null)
    {
        _options = options ?? new();
        _time = time ?? TimeProvider.System;
        _store = store ?? new MemoryLocationStore(_time);
    }

    /// <summary>Handles a REGISTER, its challenge included where there is a gate.</summary>
    public async Task Handle(IncomingRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (Unsupported(request.Message) is { } unsupported)
        {
            await request.Respond(420, null, null, new HeaderFields { { "Unsupported", unsupported } });
            return;
        }

        if (AddressOf(request.Message) is not { } address)
        {
            await request.Respond(400, "To Names Nobody");
            return;
        }

        if (_options.Gate is { } gate && !await gate.Admit(request)) return;
        if (_options.IsOurs is { } isOurs && !isOurs(address)) await request.Respond(404);
        else if (Registration.Read(request.Message, request.Source, request.Server, _options, out var refusal) is not { } registration) await Refuse(request, refusal!);
        else await Register(request, address, registration);
    }

    /// <summary>Where a user can be reached, the preferred place first.</summary>
    /// <param name="address">The user: <c>alice</c>, <c>alice@host</c> or a URI.</param>
    public async ValueTask<IReadOnlyList<Binding>> Find(string address)
    {
        ArgumentNullException.ThrowIfNull(address);
        if (AddressOfRecord.Of(address, _options.ByUser) is not { } key) return [];
        var now = _time.GetUtcNow();
        return [.. (await _store.Get(key)).Where(binding => binding.ExpiresAt > now).OrderByDescending(binding => binding.Preference)];
    }

    private async Task Register(IncomingRequest request, string address, Registration registration)
    {
        var now = _time.GetUtcNow();
        RegistrationVerdict verdict = new RegistrationVerdict.Granted([]);
        if (registration.IsFetch)
        {
            verdict = registration.Apply(await _store.Get(address), now, _options);
        }
        else
        {
            var isKept = await _store.Change(address, before =>
            {
                verdict = registration.Apply(before, now, _options);
                return verdict is RegistrationVerdict.Granted granted ? granted.Bindings : default;
            });
            if (!isKept)
            {
                await request.Respond(503, "Too Many Users", null, new HeaderFields { { "Retry-After", "60" } });
                return;
            }
        }

        switch (verdict)
        {
            case RegistrationVerdict.Granted granted: await request.Respond(200, null, null, Headers(request.Message, granted.Bindings, now)); break;
            case RegistrationVerdict.Refused refused: await Refuse(request, refused); break;
        }
    }

    private static Task<string?> Refuse(IncomingRequest request, RegistrationVerdict.Refused refused) => request.Respond(refused.Status, refused.Reason, null, refused.Headers);

    // Step 8: every binding with the time it still has.
    private static HeaderFields Headers(SipRequest request, ImmutableArray<Binding> bindings, DateTimeOffset now)
    {
        var headers = new HeaderFields();
        foreach (var binding in bindings)
        {
            var seconds = Math.Max(1, (int)Math.Round((binding.ExpiresAt - now).TotalSeconds));
            var q = binding.Preference == 1000 ? "" : string.Create(CultureInfo.InvariantCulture, $";q=0.{binding.Preference:000}");
            headers.Add("Contact", string.Create(CultureInfo.InvariantCulture, $"<{binding.Uri}>;expires={seconds}{q}"));
        }

        if (TokenList.Contains(request, SipHeaderId.Supported, "path"u8))
        {
            foreach (var hop in request.Fields(SipHeaderId.Path)) headers.Add("Path", Encoding.UTF8.GetString(hop));
        }

        headers.Add("Date", now.UtcDateTime.ToString("r", CultureInfo.InvariantCulture));
        return headers;
    }

    private string? AddressOf(SipRequest request) =>
        NameAddrView.TryParse(request.First(SipHeaderId.To), out var to) ? AddressOfRecord.Of(to.Uri, _options.ByUser) : null;

    // Step 2: what a phone insists on and we do not know.
    private static string? Unsupported(SipRequest request)
    {
        var unknown = new List<string>();
        foreach (var tag in request.Values(SipHeaderId.Require))
        {
            if (!tag.SequenceEqual("path"u8)) unknown.Add(Encoding.ASCII.GetString(tag));
        }

        return unknown.Count == 0 ? null : string.Join(", ", unknown);
    }
}
