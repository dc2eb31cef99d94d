namespace CallActors.Benchmarks.Calls;

/// <summary>How a node is put together.</summary>
/// <param name="Ledger">Where living calls are kept: off, or sqlite.</param>
/// <param name="Runtimes">How many processes run the runtime beside the server's: with none the server's does, and several are a cluster.</param>
/// <param name="HasExtensions">Whether the server grants the extensions of the control protocol.</param>
internal readonly record struct NodeKind(string Ledger, int Runtimes, bool HasExtensions)
{
    /// <summary>The contenders that are nodes.</summary>
    public static readonly string[] Names = ["node", "node-plain", "node-no-ledger", "node-split", "node-split-plain", "node-cluster"];

    /// <summary>Whether the processes of the runtime are nodes of one cluster.</summary>
    public bool IsCluster => Runtimes > 1;

    /// <summary>What a contender's name says. Another build's is put together as its name begins: node-split-before is two processes.</summary>
    public static NodeKind Of(string name) => new(
        name.StartsWith("node-no-ledger", StringComparison.Ordinal) ? "off" : "sqlite",
        name.StartsWith("node-cluster", StringComparison.Ordinal) ? 3 : name.StartsWith("node-split", StringComparison.Ordinal) ? 1 : 0,
        !name.StartsWith("node-plain", StringComparison.Ordinal) && !name.StartsWith("node-split-plain", StringComparison.Ordinal));
}
