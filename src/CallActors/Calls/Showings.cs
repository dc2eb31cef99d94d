using CallActors.Sip;
using CallActors.Sip.Messages;

namespace CallActors.Calls;

/// <summary>
/// Requests in dialogs that may reach a call twice: sent after it by the node that it has left, and shown again by the server once that node's connection is over. The second is dropped,
/// whichever it is.
/// </summary>
/// <remarks>Over another connection it is no second: what was answered over the one before may be lost with it.</remarks>
internal sealed class Showings
{
    // Those of one move; a server keeps eight for each dialog.
    private const int Most = 32;

    private readonly Queue<(Octets Transaction, int Connection)> _seen = new();

    /// <summary>Remembers a request, and says whether the call has not got it yet.</summary>
    public bool IsFirst(Arrived arrived)
    {
        // These bear the transaction of what they are about.
        if (arrived.IsServers || arrived.Request.Method is SipMethod.Ack or SipMethod.Cancel) return true;
        var showing = (arrived.TransactionId, arrived.Connection.Number);
        if (_seen.Contains(showing)) return false;
        if (_seen.Count == Most) _seen.Dequeue();
        _seen.Enqueue(showing);
        return true;
    }
}
