namespace CallActors.Sip.Messages;

/// <summary>One header field of a message, as it stands there.</summary>
/// <param name="id">The known header, compact forms included, or <see cref="SipHeaderId.Unknown"/>.</param>
/// <param name="name">The name as the sender spelt it.</param>
/// <param name="value">The value without white space around it; folding inside is untouched.</param>
public readonly ref struct SipHeaderView(SipHeaderId id, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
{
    /// <summary>The known header, compact forms included, or <see cref="SipHeaderId.Unknown"/>.</summary>
    public SipHeaderId Id { get; } = id;

    /// <summary>The name as the sender spelt it.</summary>
    public ReadOnlySpan<byte> Name { get; } = name;

    /// <summary>The value without white space around it; folding inside is untouched.</summary>
    public ReadOnlySpan<byte> Value { get; } = value;
}
