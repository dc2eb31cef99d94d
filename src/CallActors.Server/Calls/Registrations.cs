using CallActors.Server.Partitions;
using CallActors.Server.Transports;
using CallActors.Sip.Headers;
using CallActors.Sip.Messages;

namespace CallActors.Server.Calls;

/// <summary>What the registered-transport cache learns from answered REGISTER and SUBSCRIBE requests: specification 3.3.</summary>
internal static class Registrations
{
    /// <summary>Remembers the connection of a contact for as long as it was granted.</summary>
    public static void Remember(ServerContext context, SipRequest request, SipResponse response, in Flow flow)
    {
        if (flow.Connection is null || KeyOf(request) is not { } key) return;
        context.Registrations.Set(key, flow, Granted(request.Method, response));
    }

    /// <summary>The same for a proxied request, but only of contacts that nobody could reach otherwise.</summary>
    public static void RememberProxied(ServerContext context, SipRequest request, SipResponse response, in Flow flow)
    {
        if (request.Method is SipMethod.Register or SipMethod.Subscribe && KeyOf(request) is { } key && key.Contains(".invalid", StringComparison.OrdinalIgnoreCase))
            Remember(context, request, response, flow);
    }

    /// <summary>The live connection of a URI that has registered, for requests to it.</summary>
    public static bool TryFind(ServerContext context, ReadOnlySpan<byte> uri, out Flow flow)
    {
        flow = default;
        if (context.Registrations.Count == 0 || !SipUriView.TryParse(uri, out var view) || !view.IsSip) return false;
        return context.Registrations.TryGet(Text(view), out flow);
    }

    private static string? KeyOf(SipRequest request)
    {
        foreach (var value in request.Values(SipHeaderId.Contact))
            return ContactView.TryParse(value, out var contact) && contact.Address.TryUri(out var uri) ? Text(uri) : null;
        return null;
    }

    // The port tells devices apart that share a user and a private address.
    private static string Text(in SipUriView uri) => System.Text.Encoding.UTF8.GetString(uri.User) + "@" + System.Text.Encoding.UTF8.GetString(uri.HostPort);

    private static TimeSpan Granted(SipMethod method, SipResponse response)
    {
        if (method == SipMethod.Register)
        {
            foreach (var value in response.Values(SipHeaderId.Contact))
            {
                if (ContactView.TryParse(value, out var contact) && contact.Expires is { } expires) return TimeSpan.FromSeconds(expires);
                break;
            }
        }

        return System.Buffers.Text.Utf8Parser.TryParse(response.First(SipHeaderId.Expires), out uint seconds, out _) ? TimeSpan.FromSeconds(seconds) : TimeSpan.Zero;
    }
}
