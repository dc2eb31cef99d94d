using System.Globalization;
using System.Text;

namespace CallActors.TestKit;

/// <summary>A session description with one audio line, and the ways in which phones put a call on hold.</summary>
public sealed record PhoneSdp
{
    /// <summary>Where media is taken.</summary>
    public required string Address { get; init; }

    /// <summary>At which port; 0 refuses it.</summary>
    public int Port { get; init; } = 4000;

    /// <summary>The version in the <c>o=</c> line.</summary>
    public int Version { get; init; } = 1;

    /// <summary>The direction at the media line; null for none, which means sendrecv.</summary>
    public string? Direction { get; init; } = "sendrecv";

    /// <summary>The direction of the whole session; null for none.</summary>
    public string? SessionDirection { get; init; }

    /// <summary>The address of the <c>c=</c> line where it is not <see cref="Address"/>.</summary>
    public string? Connection { get; init; }

    /// <summary>Whether the <c>c=</c> line stands below the media line instead of above.</summary>
    public bool HasConnectionPerMedia { get; init; }

    /// <summary>More lines at the end, such as attributes, each without its line break.</summary>
    public IReadOnlyList<string> Lines { get; init; } = [];

    /// <summary>The same session described once more: a version higher.</summary>
    public PhoneSdp Again() => this with { Version = Version + 1 };

    /// <summary>On hold as RFC 3264 §8.4 has it: still heard.</summary>
    public PhoneSdp SendOnly() => Again() with { Direction = "sendonly" };

    /// <summary>The answer to <see cref="SendOnly"/>.</summary>
    public PhoneSdp ReceiveOnly() => Again() with { Direction = "recvonly" };

    /// <summary>On hold both ways.</summary>
    public PhoneSdp Inactive() => Again() with { Direction = "inactive" };

    /// <summary>On hold by the session's direction, none at the media line.</summary>
    public PhoneSdp HeldBySession(string direction = "sendonly") => Again() with { Direction = null, SessionDirection = direction };

    /// <summary>On hold as RFC 2543 had it: nowhere to send to.</summary>
    public PhoneSdp HeldByAddress() => Again() with { Connection = "0.0.0.0", Direction = null };

    /// <summary>On hold by refusing the media line.</summary>
    public PhoneSdp HeldByPort() => Again() with { Port = 0, Direction = null };

    /// <summary>Both ways again.</summary>
    public PhoneSdp Resumed() => Again() with { Direction = "sendrecv", SessionDirection = null, Connection = null, Port = Port == 0 ? 4000 : Port };

    /// <summary>Both ways, and nothing says so.</summary>
    public PhoneSdp Implied() => Again() with { Direction = null, SessionDirection = null };

    /// <summary>The description as text.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"v=0\r\no=- 1 {Version} IN IP4 {Address}\r\ns=-\r\n");
        if (!HasConnectionPerMedia) AppendConnection();
        text.Append("t=0 0\r\n");
        if (SessionDirection is not null) text.Append(CultureInfo.InvariantCulture, $"a={SessionDirection}\r\n");
        text.Append(CultureInfo.InvariantCulture, $"m=audio {Port} RTP/AVP 0 101\r\n");
        if (HasConnectionPerMedia) AppendConnection();
        text.Append("a=rtpmap:0 PCMU/8000\r\na=rtpmap:101 telephone-event/8000\r\n");
        if (Direction is not null) text.Append(CultureInfo.InvariantCulture, $"a={Direction}\r\n");
        foreach (var line in Lines) text.Append(line).Append("\r\n");
        return text.ToString();

        void AppendConnection() => text.Append(CultureInfo.InvariantCulture, $"c=IN IP4 {Connection ?? Address}\r\n");
    }
}
