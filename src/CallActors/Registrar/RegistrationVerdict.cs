using System.Collections.Immutable;

namespace CallActors;

/// <summary>What becomes of a REGISTER.</summary>
internal abstract record RegistrationVerdict
{
    private RegistrationVerdict()
    {
    }

    /// <summary>The address's bindings from now on.</summary>
    public sealed record Granted(ImmutableArray<Binding> Bindings) : RegistrationVerdict;

    /// <summary>Nothing is changed.</summary>
    public sealed record Refused(int Status, string? Reason = null, HeaderFields? Headers = null) : RegistrationVerdict;
}
