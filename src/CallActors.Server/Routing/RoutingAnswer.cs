using System.Text.Json;
using CallActors.Control.Commands;

namespace CallActors.Server.Routing;

/// <summary>Where an outbound connection is to be made: <c>host:port[;transport=tcp|tls]</c>.</summary>
internal sealed record OutboundTarget(string Host, int Port, bool IsTls)
{
    /// <summary>Reads the text; null for anything else.</summary>
    public static OutboundTarget? Parse(string text)
    {
        var semicolon = text.IndexOf(';', StringComparison.Ordinal);
        var hostPort = semicolon < 0 ? text : text[..semicolon];
        var parameter = semicolon < 0 ? "" : text[(semicolon + 1)..];
        if (parameter is not ("" or "transport=tcp" or "transport=tls")) return null;
        var colon = hostPort.LastIndexOf(':');
        if (colon <= 0 || !int.TryParse(hostPort.AsSpan(colon + 1), System.Globalization.NumberStyles.None, null, out var port) || port is < 1 or > 65535) return null;
        return new OutboundTarget(hostPort[..colon].Trim('[', ']'), port, parameter == "transport=tls");
    }
}

/// <summary>A web callback's answer, read: specification 2.5. Only the body counts; the status code does not.</summary>
internal static class RoutingAnswer
{
    /// <summary>What the answer decides. A null decision with a target asks for an outbound connection.</summary>
    public static (RoutingDecision? Decision, OutboundTarget? Target) Read(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("data", out var data) || data.ValueKind != JsonValueKind.Object) return (Failed, null);
            return Text(root, "action") switch
            {
                "reject" => (Reject(data), null),
                "redirect" => (Redirect(data), null),
                "proxy" => (Proxy(data), null),
                "route" => Route(data),
                _ => (Failed, null),
            };
        }
        catch (JsonException)
        {
            return (Failed, null);
        }
    }

    /// <summary>The handler could not say anything sensible.</summary>
    public static RoutingDecision Failed { get; } = new RoutingDecision.Reject(500);

    /// <summary>Nobody is there to take the request.</summary>
    public static RoutingDecision Unavailable { get; } = new RoutingDecision.Reject(480);

    private static RoutingDecision Reject(JsonElement data) =>
        data.TryGetProperty("status", out var status) && status.ValueKind == JsonValueKind.Number && status.TryGetInt32(out var code) && code is >= 300 and <= 699
            ? new RoutingDecision.Reject(code, Text(data, "reason"))
            : Failed;

    private static RoutingDecision Redirect(JsonElement data) =>
        List(data, "contact") is { Count: > 0 } contacts || (contacts = List(data, "contacts")) is { Count: > 0 } ? new RoutingDecision.Redirect(contacts) : Failed;

    private static RoutingDecision Proxy(JsonElement data) => List(data, "destination") is { Count: > 0 } destinations
        ? new RoutingDecision.Proxy(
            destinations, Flag(data, "recordRoute", false), Flag(data, "followRedirects", true), Flag(data, "simultaneous", false),
            Time(data, "provisionalTimeout") ?? TimeSpan.FromSeconds(5), Time(data, "finalTimeout") ?? TimeSpan.FromSeconds(60))
        : Failed;

    private static (RoutingDecision?, OutboundTarget?) Route(JsonElement data)
    {
        if ((Text(data, "uri") ?? Text(data, "url")) is { } uri)
            return OutboundTarget.Parse(uri) is { } target ? (null, target) : (Unavailable, null);
        return Text(data, "tag") is { } tag ? (new RoutingDecision.ToTag(tag), null) : (Failed, null);
    }

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static bool Flag(JsonElement element, string name, bool otherwise) =>
        element.TryGetProperty(name, out var value) ? value.ValueKind == JsonValueKind.True || (value.ValueKind != JsonValueKind.False && otherwise) : otherwise;

    private static TimeSpan? Time(JsonElement element, string name) =>
        Text(element, name) is { } text && ProxyCommand.TryReadTimeout(System.Text.Encoding.UTF8.GetBytes(text), out var time) ? time : null;

    private static List<string> List(JsonElement element, string name)
    {
        if (!element.TryGetProperty(name, out var value)) return [];
        if (value.ValueKind == JsonValueKind.String) return [value.GetString()!];
        if (value.ValueKind != JsonValueKind.Array) return [];
        List<string> list = [];
        foreach (var item in value.EnumerateArray())
        {
            if (item.ValueKind == JsonValueKind.String) list.Add(item.GetString()!);
        }

        return list;
    }
}
