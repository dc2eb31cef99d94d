namespace CallActors.TestKit.Tests.Phones;

/// <summary>Beginnings and ends that many tests have in common.</summary>
internal static class Scenes
{
    /// <summary>A call that is answered and acknowledged.</summary>
    public static (PlacedCall Call, OfferedCall Incoming) Connect(this TestNet net, Phone caller, Phone callee)
    {
        var call = caller.Invites(callee.Name);
        var incoming = callee.ReceivesInvite().Rings().Answers();
        call.Receives(180).Receives(200).Acks();
        incoming.ReceivesAck();
        return (call, incoming);
    }

    /// <summary>The caller hangs up, and nothing is left.</summary>
    public static void AssertEnded(this TestNet net, PlacedCall call, OfferedCall incoming)
    {
        var bye = call.Sends("BYE");
        incoming.ReceivesBye();
        bye.Receives(200);
        net.AssertNothingLeft();
    }
}
