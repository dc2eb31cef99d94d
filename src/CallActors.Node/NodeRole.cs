namespace CallActors.Node;

/// <summary>What a node is started as.</summary>
internal enum NodeRole
{
    /// <summary>Server, runtime and demo application in one process.</summary>
    AllInOne,

    /// <summary>The signalling server alone.</summary>
    Server,

    /// <summary>Runtime and demo application, with servers elsewhere.</summary>
    Runtime,
}
