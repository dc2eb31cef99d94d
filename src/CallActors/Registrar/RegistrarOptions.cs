namespace CallActors;

/// <summary>How a registrar grants.</summary>
public sealed record RegistrarOptions
{
    /// <summary>For how long a contact is granted that does not say.</summary>
    public TimeSpan DefaultExpires { get; init; } = TimeSpan.FromHours(1);

    /// <summary>A contact that asks for less gets 423. RFC 3261 §10.3 lets nobody refuse an hour.</summary>
    public TimeSpan MinExpires { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>A contact that asks for more is granted this.</summary>
    public TimeSpan MaxExpires { get; init; } = TimeSpan.FromHours(2);

    /// <summary>How many contacts a user may have.</summary>
    public int MostContacts { get; init; } = 10;

    /// <summary>Whether users are told apart by their names alone, whatever domain they write.</summary>
    public bool ByUser { get; init; }

    /// <summary>Which addresses of record are ours; null takes all. Others get 404.</summary>
    public Func<string, bool>? IsOurs { get; init; }

    /// <summary>Who may register: null is everybody (open mode).</summary>
    public DigestGate? Gate { get; init; }
}
