using CallActors.Sip.Messages;

namespace CallActors.Server.Composition;

/// <summary>Branches that an application names itself.</summary>
internal static class BranchNames
{
    private const int Longest = 64;

    /// <summary>Whether it begins with the magic cookie (RFC 3261 §8.1.1.7), and may stand in a Via.</summary>
    public static bool IsUsable(ReadOnlySpan<byte> branch) => branch.Length is > 7 and <= Longest && branch.StartsWith("z9hG4bK"u8) && SipToken.Is(branch);
}
