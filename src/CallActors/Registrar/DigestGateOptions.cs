using CallActors.Sip.Digest;

namespace CallActors;

/// <summary>Who is let in by a <see cref="DigestGate"/>.</summary>
public sealed record DigestGateOptions
{
    /// <summary>The realm that users see, and that their passwords are for.</summary>
    public string Realm { get; init; } = "callactors";

    /// <summary>The password of a user (first) in a realm (second); null when there is no such user. It may look somewhere else: a call waits without blocking.</summary>
    public required Func<string, string, ValueTask<string?>> Password { get; init; }

    /// <summary>The algorithms offered, the preferred one first. Phones that know the first one only use it; many know MD5 alone.</summary>
    public IReadOnlyList<DigestAlgorithm> Algorithms { get; init; } = [DigestAlgorithm.Sha256, DigestAlgorithm.Md5];

    /// <summary>Whether users may only speak for themselves: the user of From, and of To in a REGISTER, is the one who proved to be it.</summary>
    public bool MustBeOneself { get; init; } = true;

    /// <summary>How long a nonce may be used.</summary>
    public TimeSpan NonceLifetime { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>The record's text.</summary>
    public override string ToString() => $"DigestGateOptions {{ Realm = {Realm} }}";
}
