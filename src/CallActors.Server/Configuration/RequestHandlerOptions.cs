namespace CallActors.Server.Configuration;

/// <summary>One web callback that decides where new requests of a method go.</summary>
public sealed record RequestHandlerOptions
{
    /// <summary>The method that stands for all.</summary>
    public const string AnyMethod = "*";

    /// <summary>The SIP method in upper case, or <see cref="AnyMethod"/>.</summary>
    public string Method { get; init; } = AnyMethod;

    /// <summary>The URL as configured; for HTTP the query is appended to exactly this text.</summary>
    public required string Url { get; init; }

    /// <summary>The URL taken apart: http, https, or tcp and tls with host and port for a direct outbound connection.</summary>
    public required Uri Target { get; init; }

    /// <summary>Send the request's text as the body of a POST instead of a GET.</summary>
    public bool UsePost { get; init; }

    /// <summary>Refuse a web server whose certificate does not hold.</summary>
    public bool VerifyPeer { get; init; }

    /// <summary>True when the target is an application to connect to (tcp:// or tls://) and no HTTP query is made.</summary>
    public bool IsDirect => Target.Scheme is "tcp" or "tls";

    /// <summary>True when the way to the target is encrypted (https:// or tls://).</summary>
    public bool IsSecure => Target.Scheme is "https" or "tls";
}
