namespace CallActors;

/// <summary>The Reason header of what ends a leg (RFC 3326).</summary>
internal static class ReasonField
{
    /// <summary>Adds one of a text to header fields that have none.</summary>
    public static HeaderFields? With(string? reason, HeaderFields? headers)
    {
        if (reason is null || headers?["Reason"] is not null) return headers;
        var all = new HeaderFields();
        if (headers is not null) all.AddAll(headers);
        all["Reason"] = $"SIP;cause=200;text=\"{reason.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
        return all;
    }
}
