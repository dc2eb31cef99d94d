using System.Collections.Immutable;

namespace CallActors.Descriptions;

/// <summary>What a new description of the other side means for the call.</summary>
public enum RemoteHoldKind : byte
{
    /// <summary>There is no description: a re-INVITE that asks us to offer.</summary>
    None,

    /// <summary>The other side no longer takes our media: it holds us, or holds us in another way than before.</summary>
    Held,

    /// <summary>It takes our media again.</summary>
    Resumed,

    /// <summary>Nothing changed but, perhaps, the version: a session refresh.</summary>
    Refresh,

    /// <summary>Something else changed: an address, a codec, a line.</summary>
    Changed,
}

/// <summary>
/// What the step from one description of the other side to the next means, by what the lines say and not by how they say it: <c>sendonly</c>,
/// <c>inactive</c>, the address 0.0.0.0 or port 0, for a line or for the session, are all a hold (RFC 3264 §8.4).
/// </summary>
public sealed class RemoteHold
{
    private RemoteHold(RemoteHoldKind kind, ImmutableArray<MediaDirection> lines, bool changesMedia)
    {
        Kind = kind;
        Lines = lines;
        ChangesMedia = changesMedia;
        foreach (var line in lines) Direction |= line;
    }

    /// <summary>What it means.</summary>
    public RemoteHoldKind Kind { get; }

    /// <summary>What the other side now does with media at all: its lines taken together.</summary>
    public MediaDirection Direction { get; }

    /// <summary>What it does on each line, in their order.</summary>
    public ImmutableArray<MediaDirection> Lines { get; }

    /// <summary>Whether more changed than directions: media have to be set up anew, hold or not.</summary>
    public bool ChangesMedia { get; }

    /// <summary>Whether the other side holds us from now on.</summary>
    public bool IsHeld => Lines.Length > 0 && !Direction.Receives();

    /// <summary>Compares two descriptions of the other side; the first may be missing, and then counts as no hold.</summary>
    public static RemoteHold Classify(string? previous, string? next) =>
        Classify(SessionDescriptionText.Read(previous), SessionDescriptionText.Read(next));

    /// <summary>Compares two descriptions of the other side.</summary>
    public static RemoteHold Classify(SessionDescriptionText previous, SessionDescriptionText next)
    {
        if (!next.IsDescription) return new(RemoteHoldKind.None, [], changesMedia: false);
        var before = DirectionsOf(previous);
        var after = DirectionsOf(next);
        var hasSameDirections = before.AsSpan().SequenceEqual(after.AsSpan());
        var changesMedia = !IsSameMedia(previous, next);
        var kind = (previous.IsHeld, next.IsHeld) switch
        {
            (false, true) => RemoteHoldKind.Held,
            (true, true) when !hasSameDirections => RemoteHoldKind.Held,
            (true, false) => RemoteHoldKind.Resumed,
            _ => hasSameDirections && !changesMedia ? RemoteHoldKind.Refresh : RemoteHoldKind.Changed,
        };
        return new(kind, after, changesMedia);
    }

    private static ImmutableArray<MediaDirection> DirectionsOf(SessionDescriptionText description)
    {
        var directions = ImmutableArray.CreateBuilder<MediaDirection>(description.Media.Length);
        foreach (var line in description.Media) directions.Add(line.Direction);
        return directions.MoveToImmutable();
    }

    // All that media depend on, but for what a hold changes.
    private static bool IsSameMedia(SessionDescriptionText previous, SessionDescriptionText next)
    {
        if (previous.Media.Length != next.Media.Length || !HasSameAttributes(previous.SessionLines, next.SessionLines)) return false;
        for (var index = 0; index < next.Media.Length; index++)
        {
            var before = previous.Media[index];
            var after = next.Media[index];
            if (before.Kind != after.Kind) return false;

            // A refused line says nothing more, and may have lost its attributes.
            if (before.IsRejected || after.IsRejected) continue;
            if (before.Port != after.Port || before.Protocol != after.Protocol || before.Formats != after.Formats) return false;
            if (before.Address != after.Address && !before.HasNoAddress && !after.HasNoAddress) return false;
            if (!HasSameAttributes(previous.MediaLines(index), next.MediaLines(index))) return false;
        }
        return true;
    }

    private static bool HasSameAttributes(ReadOnlySpan<string> previous, ReadOnlySpan<string> next) =>
        AttributesIn(previous).SequenceEqual(AttributesIn(next), StringComparer.Ordinal);

    // Their order means nothing (RFC 8866 §5.13).
    private static List<string> AttributesIn(ReadOnlySpan<string> lines)
    {
        var attributes = new List<string>();
        foreach (var line in lines)
        {
            if (line.StartsWith("a=", StringComparison.Ordinal) && MediaDirections.Read(line) is null) attributes.Add(line.TrimEnd());
        }
        attributes.Sort(StringComparer.Ordinal);
        return attributes;
    }
}
