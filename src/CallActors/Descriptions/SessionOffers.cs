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
    public static string HoldOffer(string localSdp, HoldMode mode = HoldMode.SendOnly) => Rewrite(
        SessionDescriptionText.Read(localSdp),
        line => mode == HoldMode.Inactive ? MediaDirection.Inactive : line.Stated & MediaDirection.SendOnly);

    /// <summary>The offer that ends a hold.</summary>
    /// <param name="localSdp">The description that holds.</param>
    /// <param name="beforeSdp">
    /// The description before the hold, whose directions return; without one every line sends and receives again.
    /// </param>
    public static string ResumeOffer(string localSdp, string? beforeSdp = null)
    {
        var before = SessionDescriptionText.Read(beforeSdp).Media;
        var index = 0;
        return Rewrite(
            SessionDescriptionText.Read(localSdp),
            _ => index < before.Length ? before[index++].Stated : MediaDirection.SendReceive);
    }

    /// <summary>The same description, one version on (RFC 3264 §8).</summary>
    public static string NextVersion(string localSdp) => Rewrite(SessionDescriptionText.Read(localSdp), direction: null);

    /// <summary>
    /// The answer that <paramref name="ourSdp"/> gives to an offer: line for line as the offer has them, one that we have no match for refused, and
    /// each direction no wider than the offer allows (RFC 3264 §6.1). One version on, unless that changes nothing.
    /// </summary>
    public static string AnswerTo(string offer, string ourSdp)
    {
        var offered = SessionDescriptionText.Read(offer);
        var ours = SessionDescriptionText.Read(ourSdp);
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

        var answer = Session(ours, ours.Origin) + text;
        return answer == ours.ToString() ? answer : Session(ours, ours.Origin?.Next()) + text;
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

    private static string Rewrite(SessionDescriptionText description, Func<MediaLine, MediaDirection>? direction)
    {
        var text = new StringBuilder(Session(description, description.Origin?.Next(), keepsDirection: direction is null));
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
