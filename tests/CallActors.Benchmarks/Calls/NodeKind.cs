namespace CallActors.Benchmarks.Calls;

/// <summary>How a node is put together.</summary>
/// <param name="Ledger">Where living calls are kept: off, or sqlite.</param>
/// <param name="Runtimes">How many processes run the runtime beside the server's: with none the server's does.</param>
/// <param name="IsCluster">Whether these are nodes of one cluster; else they know nothing of each other.</param>
/// <param name="HasExtensions">Whether the server grants the extensions of the control protocol.</param>
internal readonly record struct NodeKind(string Ledger, int Runtimes, bool IsCluster, bool HasExtensions)
{
    private const int Several = 3;

    /// <summary>The contenders that are nodes.</summary>
    public static readonly string[] Names = ["node", "node-plain", "node-no-ledger", "node-split", "node-split-plain", "node-three", "node-cluster"];

    /// <summary>What a contender's name says. Another build's is put together as its name begins: node-split-before is two processes.</summary>
    public static NodeKind Of(string name)
    {
        var isCluster = Begins("node-cluster");
        return new(
            Begins("node-no-ledger") ? "off" : "sqlite",
            isCluster || Begins("node-three") ? Several : Begins("node-split") ? 1 : 0,
            isCluster,
            !Begins("node-plain") && !Begins("node-split-plain"));

        bool Begins(string kind) => name.StartsWith(kind, StringComparison.Ordinal);
    }
}
