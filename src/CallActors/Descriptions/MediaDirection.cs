namespace CallActors.Descriptions;

/// <summary>Which way the media of one line flow, seen from the side whose description it is (RFC 3264 §5.1). The bits are sending and receiving.</summary>
public enum MediaDirection : byte
{
    /// <summary>Neither way: <c>a=inactive</c>.</summary>
    Inactive = 0,

    /// <summary>Only from that side: <c>a=sendonly</c>.</summary>
    SendOnly = 1,

    /// <summary>Only to that side: <c>a=recvonly</c>.</summary>
    ReceiveOnly = 2,

    /// <summary>Both ways: <c>a=sendrecv</c>, and what holds when nothing is said.</summary>
    SendReceive = SendOnly | ReceiveOnly,
}

/// <summary>The words for <see cref="MediaDirection"/>, and the other side's view of one.</summary>
public static class MediaDirections
{
    private const string Attribute = "a=";

    /// <summary>The same as the other side sees it: what one sends, the other receives.</summary>
    public static MediaDirection Mirrored(this MediaDirection direction) => direction switch
    {
        MediaDirection.SendOnly => MediaDirection.ReceiveOnly,
        MediaDirection.ReceiveOnly => MediaDirection.SendOnly,
        _ => direction,
    };

    /// <summary>Whether that side takes media.</summary>
    public static bool Receives(this MediaDirection direction) => (direction & MediaDirection.ReceiveOnly) != 0;

    /// <summary>Whether that side gives media.</summary>
    public static bool Sends(this MediaDirection direction) => (direction & MediaDirection.SendOnly) != 0;

    /// <summary>The attribute's name.</summary>
    public static string Word(this MediaDirection direction) => direction switch
    {
        MediaDirection.Inactive => "inactive",
        MediaDirection.SendOnly => "sendonly",
        MediaDirection.ReceiveOnly => "recvonly",
        _ => "sendrecv",
    };

    internal static string Line(MediaDirection direction) => Attribute + direction.Word();

    // RFC 8866 §6.7 writes them in lower case; a phone that does not means the same.
    internal static MediaDirection? Read(string line)
    {
        if (!line.StartsWith(Attribute, StringComparison.Ordinal)) return null;
        var word = line.AsSpan(Attribute.Length).Trim();
        for (var direction = MediaDirection.Inactive; direction <= MediaDirection.SendReceive; direction++)
        {
            if (word.Equals(direction.Word(), StringComparison.OrdinalIgnoreCase)) return direction;
        }
        return null;
    }
}
