namespace CallActors.EndToEnd.Harness;

/// <summary>A test that needs SIPp and drachtio-srf; skipped, with the reason, where they are not installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class EndToEndFactAttribute : FactAttribute
{
    public EndToEndFactAttribute() => Skip = Tools.Missing;
}

/// <summary>The same for rows.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class EndToEndTheoryAttribute : TheoryAttribute
{
    public EndToEndTheoryAttribute() => Skip = Tools.Missing;
}

/// <summary>Rows that need IPv6 too.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class Ipv6TheoryAttribute : TheoryAttribute
{
    public Ipv6TheoryAttribute() => Skip = Tools.Missing ?? Tools.MissingIpv6;
}

/// <summary>A test of what the extensions of the control protocol give; skipped where servers are started without them.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ExtensionsFactAttribute : FactAttribute
{
    public ExtensionsFactAttribute() => Skip = Tools.Missing ?? Tools.MissingExtensions;
}
