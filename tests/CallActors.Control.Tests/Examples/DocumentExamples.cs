using System.Text.RegularExpressions;
using CallActors.Control.Commands;

namespace CallActors.Control.Tests.Examples;

/// <summary>Every frame that docs/control-protocol.md shows is what it says: the count is right, and both ends read it and write it the same again.</summary>
public sealed partial class DocumentExamples
{
    [Fact]
    public void Every_frame_on_the_page_is_sound()
    {
        var frames = Frames(File.ReadAllText(Path.Combine(Root(), "docs", "control-protocol.md")));
        Assert.True(frames.Count > 30, $"only {frames.Count} frames found");
        foreach (var (end, text) in frames)
        {
            var bytes = Wire.Bytes(text);
            var frame = new ControlFramer().Next(bytes);
            Assert.True(frame.Status == ControlFrameStatus.Frame && frame.Consumed == bytes.Length, $"The count is wrong: {text}");

            var payload = frame.Payload(bytes).ToArray();
            var again = end == "A" ? FromApplication(payload) : Wire.Written(output => Both.WriteAgain(new ControlMessage(payload), output));
            Assert.Equal(text, Wire.Text(again));
        }
    }

    private static byte[] FromApplication(byte[] payload)
    {
        Assert.Equal(CommandVerdict.Accept, ControlCommand.Parse(payload, authenticated: true).Verdict);
        return Wire.Written(output => Both.WriteAgain(ControlCommand.Parse(payload, authenticated: true), output));
    }

    // Inside ```frames fences: "A> " or "S> " and the frame; lines indented by three blanks continue it.
    private static List<(string End, string Text)> Frames(string page)
    {
        var frames = new List<(string, string)>();
        foreach (Match fence in Fence().Matches(page.ReplaceLineEndings("\n")))
        {
            foreach (Match frame in Frame().Matches(fence.Groups["text"].Value))
                frames.Add((frame.Groups["end"].Value, frame.Groups["text"].Value.Replace("\n   ", "", StringComparison.Ordinal)));
        }
        return frames;
    }

    private static string Root()
    {
        var at = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(at, "CallActors.sln"))) at = Path.GetDirectoryName(at) ?? throw new InvalidOperationException("No CallActors.sln above the tests.");
        return at;
    }

    [GeneratedRegex(@"^```frames\n(?<text>.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fence();

    [GeneratedRegex(@"^(?<end>[AS])> (?<text>[^\n]*(?:\n   [^\n]*)*)", RegexOptions.Multiline)]
    private static partial Regex Frame();
}
