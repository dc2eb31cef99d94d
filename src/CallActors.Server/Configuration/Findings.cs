namespace CallActors.Server.Configuration;

/// <summary>What is wrong in the configuration, in the order it was met: errors keep the server from starting, warnings do not.</summary>
public sealed class Findings
{
    private readonly List<Finding> _all = [];

    /// <summary>Everything found so far.</summary>
    public IReadOnlyList<Finding> All => _all;

    /// <summary>True when the server must not start.</summary>
    public bool HasErrors => _all.Exists(finding => finding.IsError);

    /// <summary>Notes a value that cannot be used. The message says what is wrong and what to write instead.</summary>
    public void Error(string place, string message) => _all.Add(new Finding(true, place, message));

    /// <summary>Notes something without effect, or unwise.</summary>
    public void Warn(string place, string message) => _all.Add(new Finding(false, place, message));
}

/// <summary>One thing wrong in the configuration.</summary>
/// <param name="IsError">Whether it keeps the server from starting.</param>
/// <param name="Place">Where it stands: <c>file:line:column</c>, a variable's name or an option's.</param>
/// <param name="Message">What is wrong, and the remedy.</param>
public sealed record Finding(bool IsError, string Place, string Message)
{
    /// <summary>The line an operator reads.</summary>
    public override string ToString() => $"{Place}: {(IsError ? "error" : "warning")}: {Message}";
}
