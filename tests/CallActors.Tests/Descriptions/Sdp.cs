namespace CallActors.Tests.Descriptions;

/// <summary>Session descriptions written in short in tests.</summary>
internal static class Sdp
{
    /// <summary>One audio line; what is given in <paramref name="session"/> and <paramref name="media"/> are further lines, separated by a blank.</summary>
    public static string Audio(string media = "", string session = "", string origin = "7 1", string address = "192.0.2.1", int port = 4000) =>
        Lines($"v=0 o=a*{origin.Replace(' ', '*')}*IN*IP4*192.0.2.1 s=- c=IN*IP4*{address} t=0*0 {session} m=audio*{port}*RTP/AVP*0*8 a=ptime:20 {media}");

    /// <summary>An audio and a video line with these attributes.</summary>
    public static string AudioVideo(string audio, string video, string origin = "7 1", int videoPort = 4002) =>
        Audio(audio, origin: origin) + Lines($"m=video*{videoPort}*RTP/AVP*96 a=rtpmap:96*VP8/90000 {video}");

    /// <summary>Blanks end lines, stars are blanks.</summary>
    public static string Lines(string text) =>
        string.Concat(text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Replace('*', ' ') + "\r\n"));
}
