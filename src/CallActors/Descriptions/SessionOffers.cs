using System.Text;

namespace CallActors.Descriptions;

/// <summary>What a hold asks of the other side.</summary>
public enum HoldMode : byte
{
    /// <summary>
    /// It hears us and is not heard: what was <c>sendrecv</c> becomes <c>sendonly</c>, what was <c>recvonly</c> <c>inactive</c> (RFC 3264 §8.4).
    /// </summary>
    SendOnly,

    /// <summary>Nobody hears anybody: every line becomes <c>inactive</c>.</summary>
    Inactive,
}

/// <summary>
/// Offers and answers made from a description that exists: other directions, the origin one version on, every other line as it was.
/// </summary>
public static class SessionOffers
{
    /// <summary>The offer that puts the other side on hold, on every line that is not refused (RFC 3264 §8.4).</summary>
    public static string HoldOffer(string localSdp, HoldMode mode = HoldMode.SendOnly) =>
        Next(localSdp, line => Held(line.Stated, mode));

    /// <summary>The offer that ends a hold.</summary>
    /// <param name="localSdp">The description that holds.</param>
    /// <param name="beforeSdp">
    /// The description before the hold, whose directions return; without one every line sends and receives again.
    /// </param>
    public static string ResumeOffer(string localSdp, string? beforeSdp = null)
    {
        var before = SessionDescriptionText.Read(beforeSdp).Media;
        var index = 0;
        return Next(localSdp, _ => index < before.Length ? before[index++].Stated : MediaDirection.SendReceive);
    }

    /// <summary>The same description, one version on (RFC 3264 §8).</summary>
    public static string NextVersion(string localSdp) => Next(localSdp, direction: null);

    /// <summary>
    /// The answer that <paramref name="ourSdp"/> gives to an offer: line for line as the offer has them, one that we have no match for refused, and
    /// each direction no wider than the offer allows (RFC 3264 §6.1). One version on, unless it says the same as what we said last.
    /// </summary>
    /// <param name="offer">The offer.</param>
    /// <param name="ourSdp">What we would do if they let us.</param>
    /// <param name="lastSdp">What we said last, whose version counts; null when that is <paramref name="ourSdp"/>.</param>
    public static string AnswerTo(string offer, string ourSdp, string? lastSdp = null)
    {
        var offered = SessionDescriptionText.Read(offer);
        var ours = SessionDescriptionText.Read(ourSdp);
        var last = lastSdp is null ? ours : SessionDescriptionText.Read(lastSdp);
        var isUsed = new bool[ours.Media.Length];
        var text = new StringBuilder();
        for (var index = 0; index < offered.Media.Length; index++)
        {
            var line = offered.Media[index];
            var match = line.IsRejected ? -1 : Match(line, index, ours, isUsed);
            if (match < 0)
            {
                Append(text, $"m={line.Kind} 0 {line.Protocol} {line.Formats}");
                continue;
            }
            isUsed[match] = true;
            AppendMedia(text, ours, match, ours.Media[match].Stated & line.Direction.Mirrored());
        }

        var answer = Session(ours, last.Origin) + text;
        return IsSame(last, SessionDescriptionText.Read(answer)) ? last.ToString() : Session(ours, last.Origin?.Next()) + text;
    }

    /// <summary>What we would offer of ourselves: <paramref name="ourSdp"/>, one version on from what we said last unless it says the same.</summary>
    internal static string OfferAfter(string lastSdp, string ourSdp)
    {
        var last = SessionDescriptionText.Read(lastSdp);
        var ours = SessionDescriptionText.Read(ourSdp);
        return IsSame(last, ours) ? last.ToString() : Rewrite(ours, last.Origin?.Next(), direction: null);
    }

    /// <summary>The same description with every line held, in the same version.</summary>
    internal static string HeldAs(string ourSdp, HoldMode mode)
    {
        var description = SessionDescriptionText.Read(ourSdp);
        return Rewrite(description, description.Origin, line => Held(line.Stated, mode));
    }

    /// <summary>
    /// Our description as it would be if theirs held nothing back: what they do not let us do, we are taken to want. So an answer to the end of their hold
    /// is no longer the one to their hold.
    /// </summary>
    public static string Unrestricted(string ourSdp, string? theirSdp)
    {
        var ours = SessionDescriptionText.Read(ourSdp);
        var theirs = SessionDescriptionText.Read(theirSdp).Media;
        var index = 0;
        return Rewrite(ours, ours.Origin, line =>
        {
            var allowed = index < theirs.Length ? theirs[index].Direction.Mirrored() : MediaDirection.SendReceive;
            index++;
            return line.Stated | (MediaDirection.SendReceive & ~allowed);
        });
    }

    // The line at the same place, or the first of that kind which no other line has taken.
    private static int Match(MediaLine offered, int index, SessionDescriptionText ours, bool[] isUsed)
    {
        if (index < isUsed.Length && !isUsed[index] && ours.Media[index].Kind == offered.Kind) return index;
        for (var other = 0; other < isUsed.Length; other++)
        {
            if (!isUsed[other] && ours.Media[other].Kind == offered.Kind) return other;
        }
        return -1;
    }

    // A direction that is said and one that is implied are the same.
    private static bool IsSame(SessionDescriptionText last, SessionDescriptionText next) => RemoteHold.Classify(last, next).Kind == RemoteHoldKind.Refresh;

    private static string Next(string sdp, Func<MediaLine, MediaDirection>? direction)
    {
        var description = SessionDescriptionText.Read(sdp);
        return Rewrite(description, description.Origin?.Next(), direction);
    }

    private static MediaDirection Held(MediaDirection direction, HoldMode mode) =>
        mode == HoldMode.Inactive ? MediaDirection.Inactive : direction & MediaDirection.SendOnly;

    private static string Rewrite(SessionDescriptionText description, SessionOrigin? origin, Func<MediaLine, MediaDirection>? direction)
    {
        var text = new StringBuilder(Session(description, origin, keepsDirection: direction is null));
        for (var index = 0; index < description.Media.Length; index++)
        {
            var line = description.Media[index];
            var wanted = direction?.Invoke(line);
            AppendMedia(text, description, index, line.IsRejected ? null : wanted);
        }
        return text.ToString();
    }

    // Every media section states its own direction, so that of the session has nothing left to say.
    private static string Session(SessionDescriptionText description, SessionOrigin? origin, bool keepsDirection = false)
    {
        var text = new StringBuilder();
        foreach (var line in description.SessionLines)
        {
            if (origin is { } its && line.StartsWith("o=", StringComparison.Ordinal)) Append(text, its.ToString());
            else if (keepsDirection || MediaDirections.Read(line) is null) Append(text, line);
        }
        return text.ToString();
    }

    private static void AppendMedia(StringBuilder text, SessionDescriptionText description, int index, MediaDirection? direction)
    {
        var isStated = direction is null;
        foreach (var line in description.MediaLines(index))
        {
            if (direction is null || MediaDirections.Read(line) is null)
            {
                Append(text, line);
                continue;
            }
            if (!isStated) Append(text, MediaDirections.Line(direction.Value));
            isStated = true;
        }
        if (!isStated) Append(text, MediaDirections.Line(direction!.Value));
    }

    private static void Append(StringBuilder text, string line) => text.Append(line).Append("\r\n");
}
