using System.Net;

namespace CallActors.Chaos.Phones;

/// <summary>One end's view of a call: the dialog, and the counters that it sends and receives.</summary>
internal sealed class HeldCall
{
    /// <summary>The number that was called: the call's name at both ends.</summary>
    public required string Name { get; init; }

    public required string CallId { get; init; }

    /// <summary>Our From in this end's requests, with its tag.</summary>
    public required string Local { get; init; }

    /// <summary>The far end's, with its tag once it is known.</summary>
    public string Remote { get; set; } = "";

    /// <summary>The Request-URI of requests in the dialog.</summary>
    public string Target { get; set; } = "";

    /// <summary>Where the server is.</summary>
    public required IPEndPoint Server { get; init; }

    /// <summary>The number of our last request.</summary>
    public long Sequence { get; set; }

    /// <summary>The number of the far end's last request.</summary>
    public long RemoteSequence { get; set; }

    /// <summary>The last counter that was sent.</summary>
    public long Counter { get; set; }

    public bool IsAnswered { get; set; }

    public bool IsOver { get; set; }

    /// <summary>The INVITE that came, until it is answered for good.</summary>
    public SipText? Invite { get; set; }
}
