using CallActors.Net;
using CallActors.Server.Configuration;

namespace CallActors.TestKit;

/// <summary>What a <see cref="TestNet"/> is made of, where the defaults are not what a test wants.</summary>
public sealed record TestNetOptions
{
    /// <summary>Decides everything that is left to chance.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>What every link does that is given no options of its own: a millisecond, and nothing is lost.</summary>
    public LinkOptions Link { get; init; } = LinkOptions.Perfect;

    /// <summary>How long an expectation waits, in virtual time: longer than SIP itself does, so that a time-out of SIP's is seen first.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(40);

    /// <summary>How long <see cref="TestNet.Settle(Task)"/> waits, in real time.</summary>
    public TimeSpan RealPatience { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Changes what the server is started with.</summary>
    public Func<ServerOptions, ServerOptions>? Server { get; init; }

    /// <summary>The secret of the control port.</summary>
    public string Secret { get; init; } = "cymru";

    /// <summary>Told each line that server and runtime log, such as a test's own output.</summary>
    public Action<string>? LogTo { get; init; }
}
