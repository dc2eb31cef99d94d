using System.Text.RegularExpressions;

namespace CallActors.Architecture;

/// <summary>Names say what a thing is. The words here say nothing, or promise a layer that does not exist.</summary>
public sealed partial class NameTests
{
    private static readonly HashSet<string> BannedWords =
        ["Manager", "Helper", "Helpers", "Util", "Utils", "Utility", "Utilities", "Controller", "Base", "Impl", "Data", "Info", "Common", "Misc"];

    /// <summary>Types that are called so because an RFC calls the thing so.</summary>
    private static readonly HashSet<string> WordsOfAnRfc =
        ["AuthenticationInfo"];     // the header of RFC 7615

    [Fact]
    public void No_type_carries_a_word_that_says_nothing()
    {
        var wrong = from declaration in Declarations()
                    from word in Word().Matches(declaration.Type).Select(match => match.Value)
                    where BannedWords.Contains(word) && !WordsOfAnRfc.Contains(declaration.Type)
                    select $"{declaration.File}: {declaration.Type}";
        Repository.Expect(wrong);
    }

    [Fact]
    public void No_interface_is_a_service()
    {
        var wrong = from declaration in Declarations()
                    where Service().IsMatch(declaration.Type)
                    select $"{declaration.File}: {declaration.Type}";
        Repository.Expect(wrong);
    }

    private static IEnumerable<(string File, string Type)> Declarations() =>
        from file in Repository.SourceFiles
        from Match match in Declaration().Matches(Repository.Read(file))
        select (file, match.Groups["name"].Value);

    [GeneratedRegex(@"^[ \t]*(?:(?:public|internal|private|protected|file|sealed|static|abstract|readonly|partial|ref|unsafe)\s+)*(?:class|struct|interface|enum|record(?:\s+(?:struct|class))?)\s+(?<name>[A-Z]\w*)", RegexOptions.Multiline)]
    private static partial Regex Declaration();

    [GeneratedRegex("[A-Z]+(?![a-z])|[A-Z][a-z0-9]*")]
    private static partial Regex Word();

    [GeneratedRegex("^I[A-Z].*Service$")]
    private static partial Regex Service();
}
