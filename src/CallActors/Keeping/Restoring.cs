using CallActors.Calls;
using CallActors.Connections;

namespace CallActors.Keeping;

/// <summary>The dialogs that are given back to a server, until all are answered.</summary>
internal sealed class Restoring(Reclaiming reclaiming, Ownership session, ServerConnection connection)
{
    private int _open = 1;
    private int _incarnation = session.Incarnation;

    public void Add(Leg leg) => _open++;

    public ICommand Of(Leg leg) => new One(this, leg);

    /// <summary>All were sent.</summary>
    public void Sent() => Close();

    private void Close()
    {
        if (--_open == 0) reclaiming.OnRestored(session, connection, _incarnation);
    }

    private void OnReply(Leg leg, Replied reply)
    {
        if (session.Connection != connection || reclaiming.IsOver) return;
        if (reply.Refusal is { } refusal)
        {
            if (refusal.StartsWith(Reclaiming.Superseded, StringComparison.Ordinal))
            {
                reclaiming.Leave();
                return;
            }
        }
        else
        {
            if (reply.Granted is { Incarnation: > 0 } granted) _incarnation = granted.Incarnation;
            if (!leg.IsOver) leg.Attach(connection);
        }

        Close();
    }

    private void OnLost()
    {
        if (session.Connection == connection && session.Stage == OwnershipStage.Claiming) session.Stage = OwnershipStage.Lost;
    }

    private sealed class One(Restoring all, Leg leg) : ICommand
    {
        public bool WantsSent => false;

        public bool WantsGrant => true;

        public void OnReply(Replied reply) => all.OnReply(leg, reply);

        public void OnLost(string reason) => all.OnLost();
    }
}
