namespace CallActors.EndToEnd.Harness;

/// <summary>Session descriptions; nothing listens at their media ports.</summary>
internal static class Sdp
{
    internal const string Type = "Content-Type: application/sdp";

    /// <summary>The caller's.</summary>
    internal static readonly string Alice = Describe("alice", 40000);

    /// <summary>The callee's.</summary>
    internal static readonly string Bob = Describe("bob", 42000);

    internal static string Describe(string owner, int port, string direction = "sendrecv", int version = 1) => string.Join(
        "\r\n",
        "v=0",
        $"o={owner} 7001 {version} IN IP4 127.0.0.1",
        "s=-",
        "c=IN IP4 127.0.0.1",
        "t=0 0",
        $"m=audio {port} RTP/AVP 0",
        "a=rtpmap:0 PCMU/8000",
        $"a={direction}",
        "");
}
