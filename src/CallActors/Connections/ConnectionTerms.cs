using System.Text;
using CallActors.Control;
using CallActors.Net;

namespace CallActors.Connections;

/// <summary>What both ways of getting a connection, dialled and accepted, have in common.</summary>
/// <param name="Secret">Said to the server.</param>
/// <param name="Tags">Joined by commas.</param>
/// <param name="MaxFrame">The largest frame accepted.</param>
/// <param name="IsOutbound">Whether the server dialled us.</param>
internal sealed record ConnectionTerms(string Secret, string Tags, int MaxFrame, bool IsOutbound)
{
    /// <summary>The application's name; empty to ask for no extensions.</summary>
    public string App { get; init; } = "";

    /// <summary>The process's name.</summary>
    public string Node { get; init; } = "";

    public override string ToString() => $"ConnectionTerms {{ Tags = {Tags}, IsOutbound = {IsOutbound} }}";

    public static ConnectionTerms Of(SignallingServerOptions options) =>
        new(options.Secret, Join(options.Tags), options.MaxFrame, IsOutbound: false)
        {
            App = options.Extensions ? Named(options.App, isNode: false) : "",
            Node = Named(options.Node, isNode: true),
        };

    public static ConnectionTerms Of(ListenOptions options) =>
        new(options.Secret, Join(options.Tags), options.MaxFrame, IsOutbound: true);

    /// <summary>The bounds of the streams beneath.</summary>
    public static StreamOptions Streams(int maxFrame, int maxBacklog, TlsOptions? tls, Action<Exception> onFault) => new()
    {
        MaxBacklog = maxBacklog,
        MaxReceiveBuffer = maxFrame + 64,
        // Pings find out whether anybody is there, and an idle connection is nothing bad.
        IdleTimeout = TimeSpan.Zero,
        Tls = tls,
        OnFault = onFault,
    };

    // A name that the protocol cannot carry is no reason to go without.
    private static string Named(string name, bool isNode)
    {
        var bytes = Encoding.UTF8.GetBytes(name.Length > Extensions.MaxValue ? name[..Extensions.MaxValue] : name);
        foreach (ref var here in bytes.AsSpan())
        {
            if (!(isNode ? Extensions.IsNode([here]) : Extensions.IsName([here]))) here = (byte)'-';
        }

        return Encoding.UTF8.GetString(bytes.AsSpan(0, Math.Min(bytes.Length, Extensions.MaxValue)));
    }

    private static string Join(System.Collections.Immutable.ImmutableArray<string> tags) => tags.IsDefault ? "" : string.Join(',', tags);
}
