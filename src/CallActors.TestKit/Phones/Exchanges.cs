using System.Text;
using CallActors.Sip.Messages;
using CallActors.Sip.Transactions;

namespace CallActors.TestKit;

/// <summary>A phone's transactions and dialogs: finds out whose a message is that arrived.</summary>
internal sealed class Exchanges(Phone phone)
{
    private readonly Dictionary<TransactionKey, ClientTransaction> _clients = new(TransactionKeyComparer.Instance);
    private readonly Dictionary<TransactionKey, ServerTransaction> _servers = new(TransactionKeyComparer.Instance);
    private readonly Dictionary<TransactionKey, ReceivedInvite> _invites = new(TransactionKeyComparer.Instance);
    private readonly Dictionary<string, List<PhoneDialog>> _dialogs = [];

    /// <summary>How many transactions live.</summary>
    public int Count => _clients.Count + _servers.Count;

    /// <summary>Sends a request and begins its transaction.</summary>
    public ClientTransaction Begin(SipRequest request, Hop hop, Action<SipResponse> heard, Action<TransactionOutcome> over)
    {
        var transaction = new ClientTransaction(phone, request, hop, heard, over);
        _clients[transaction.Key] = transaction;
        transaction.Start();
        return transaction;
    }

    public void Add(PhoneDialog dialog)
    {
        if (!_dialogs.TryGetValue(dialog.CallId, out var same)) _dialogs[dialog.CallId] = same = [];
        same.Add(dialog);
    }

    /// <summary>Nothing more comes in any dialog so far.</summary>
    public void ForgetDialogs()
    {
        _dialogs.Clear();
        _invites.Clear();
    }

    public void Forget(ClientTransaction transaction) => _clients.Remove(transaction.Key);

    public void Forget(ServerTransaction transaction)
    {
        _servers.Remove(transaction.Key);
        _invites.Remove(transaction.Key);
    }

    /// <summary>Takes a message from the line.</summary>
    public void Arrived(SipMessage message, Hop hop)
    {
        if (message is SipRequest request) Requested(request, hop);
        else if (_clients.TryGetValue(TransactionLookup.ForClient((SipResponse)message).ToKey(), out var transaction)) transaction.Handle(new Received((SipResponse)message));
        else phone.Strays.Add(message);
    }

    private void Requested(SipRequest request, Hop hop)
    {
        var key = TransactionKey.ForServer(request);
        if (_servers.TryGetValue(key, out var known))
        {
            known.Handle(new Retransmitted(request));
            return;
        }

        var dialog = DialogOf(request);
        if (request.Method == SipMethod.Ack)
        {
            if (dialog is null || !dialog.Acknowledged(request)) phone.Strays.Add(request);
            return;
        }

        var transaction = new ServerTransaction(phone, request, hop);
        _servers.Add(key, transaction);
        transaction.Start();
        var received = request.Method == SipMethod.Invite ? new ReceivedInvite(transaction, dialog) : new ReceivedRequest(transaction, dialog);
        if (received is ReceivedInvite invite) _invites[key] = invite;
        if (request.Method == SipMethod.Cancel) Cancelled(received);
        else if (dialog is not null) dialog.Take(received);
        else if (request.ToTag.IsEmpty) phone.Take(received);
        else received.Respond(481);
    }

    private void Cancelled(ReceivedRequest cancel)
    {
        if (_invites.TryGetValue(TransactionLookup.ForCancelled(cancel.Request).ToKey(), out var invite)) invite.Cancelled(cancel);
        else cancel.Respond(481);
    }

    // A dialog that has forked is found by the peer's tag; one that is not made yet by ours alone.
    private PhoneDialog? DialogOf(SipRequest request)
    {
        if (request.ToTag.IsEmpty || !_dialogs.TryGetValue(Encoding.ASCII.GetString(request.CallId), out var same)) return null;
        var (ours, theirs) = (Encoding.ASCII.GetString(request.ToTag), Encoding.ASCII.GetString(request.FromTag));
        return same.FindLast(dialog => dialog.LocalTag == ours && dialog.RemoteTag == theirs)
            ?? same.FindLast(dialog => dialog.LocalTag == ours && dialog.RemoteTag.Length == 0);
    }
}
