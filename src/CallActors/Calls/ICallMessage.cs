namespace CallActors;

/// <summary>Everything that goes through a region to a call.</summary>
internal interface ICallMessage
{
    /// <summary>The call it is for.</summary>
    CallKey Call { get; }
}

/// <summary>A message that a call may begin with, here or anew: whoever gets it makes the call when there is none.</summary>
/// <remarks>Any other message to a call that is not there is counted and dropped: what is late for a call must not make an empty one.</remarks>
internal interface ICallStart : ICallMessage
{
    /// <summary>The flow that is to run the call.</summary>
    string Flow { get; }
}
