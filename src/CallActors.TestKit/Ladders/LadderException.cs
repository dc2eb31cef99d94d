namespace CallActors.TestKit;

/// <summary>What was expected of a peer did not happen; the message says what did, and draws the ladder so far.</summary>
public sealed class LadderException : Exception
{
    /// <summary>Something unexpected.</summary>
    public LadderException(string message)
        : base(message)
    {
    }

    /// <summary>Nothing in particular.</summary>
    public LadderException()
    {
    }

    /// <summary>Something unexpected, with its cause.</summary>
    public LadderException(string message, Exception cause)
        : base(message, cause)
    {
    }
}
