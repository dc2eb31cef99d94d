using CallActors.Server.Applications;
using CallActors.Server.Partitions;
using CallActors.Server.Transports;
using CallActors.Sip;
using CallActors.Sip.Dialogs;
using CallActors.Sip.Messages;

namespace CallActors.Server.Calls;

/// <summary>A request of an application, other than INVITE, on its way: in or out of a dialog.</summary>
internal sealed class ApplicationRequest(Partition partition, ApplicationConnection application, SipRequest request, DialogEntry? dialog) : IOutgoingUser, IOwned
{
    private List<DialogEntry>? _made;

    /// <summary>Who waits for the response; null once it has gone.</summary>
    public ApplicationConnection? Owner { get; private set; } = application;

    /// <inheritdoc/>
    public ApplicationConnection? Before { get; private set; }

    /// <summary>The next hop that the application chose, which the dialog keeps until a response says otherwise.</summary>
    public SipTarget? ViaHop { get; init; }

    /// <summary>The id of the dialog that it belongs to, or that a SUBSCRIBE may make; empty otherwise.</summary>
    public Octets DialogId { get; } = dialog is not null ? dialog.Id
        : request.Method == SipMethod.Subscribe ? Octets.Of([.. request.CallId, .. ";from-tag="u8, .. request.FromTag]) : default;

    /// <summary>The id that the application gave the transaction itself, if it did.</summary>
    public Octets GivenId { get; init; }

    /// <summary>Extension: the received request because of which this one was sent.</summary>
    public TransactionId? For { get; init; }

    /// <inheritdoc/>
    public DialogEntry? Dialog => dialog;

    /// <inheritdoc/>
    public void Left(OutgoingRequest outgoing, bool isKept) => Owner = null;

    /// <inheritdoc/>
    public void Pass(ApplicationConnection owner) => (Before, Owner) = (Owner, owner);

    /// <inheritdoc/>
    public void Responded(OutgoingRequest outgoing, SipResponse response, in Flow flow)
    {
        if (dialog is not null) InDialog(dialog, outgoing, response);
        else if (request.Method == SipMethod.Subscribe && response.IsFinal) Subscribed(response, flow);
        Span<byte> id = stackalloc byte[TransactionId.TextLength];
        Owner?.Deliver(response, flow, IdText(outgoing, id), DialogId.Span, dialog?.Kept);
        Relayed(response);
    }

    /// <inheritdoc/>
    public void Failed(OutgoingRequest outgoing, int status, string phrase)
    {
        var response = request.RespondTo(status, System.Text.Encoding.UTF8.GetBytes(phrase), default);
        if (dialog is not null) InDialog(dialog, outgoing, response);
        else partition.Requests.Subscribed(this);
        Span<byte> id = stackalloc byte[TransactionId.TextLength];
        Owner?.DeliverSynthetic(response, outgoing.Flow.Transport, IdText(outgoing, id), DialogId.Span, dialog?.Kept);
        Relayed(response);
    }

    /// <summary>The NOTIFY came before the response: the dialog is made by it.</summary>
    public DialogEntry Overtaken(SipRequest notify)
    {
        var made = Make(Sip.Dialogs.Dialog.ForSubscriber(request, notify));
        (_made ??= []).Add(made);
        return made;
    }

    // Who has claimed a call whose BYE was on its way knows of no BYE.
    private void InDialog(DialogEntry at, OutgoingRequest outgoing, SipResponse response)
    {
        var wasOver = at.IsOver;
        partition.DialogRequests.Responded(at, request, response);
        if ((Owner is null || Before is not null) && !wasOver && at.IsOver && request.Method == SipMethod.Bye && at.Kept is { IsOver: false, Owner: { IsOpen: true } heir })
            heir.Unsolicited(request, outgoing.Flow, at.Id.Span, at.Kept);
    }

    // The received one may be in another partition, which is not entered from this one.
    private void Relayed(SipResponse response)
    {
        if (For is { } received && response.IsFinal) partition.Context.Relayed.Enqueue(new RelayedResponse(received, response));
    }

    private ReadOnlySpan<byte> IdText(OutgoingRequest outgoing, Span<byte> scratch)
    {
        if (!GivenId.IsEmpty) return GivenId.Span;
        outgoing.Id.Write(scratch);
        return scratch;
    }

    private void Subscribed(SipResponse response, in Flow flow)
    {
        partition.Requests.Subscribed(this);
        if (!response.IsSuccess || response.ToTag.IsEmpty) return;
        if (partition.Dialogs.Find(DialogLookup.ForReceived(response)) is not null || WasMade(response.ToTag)) return;
        var value = Sip.Dialogs.Dialog.ForClient(request, response, flow.Transport.Protocol == Net.NetProtocol.Tls);
        var entry = Make(value);
        entry.Route = Nat.ForClient(request, response, value, flow, partition.Context.Options);
    }

    // A NOTIFY that overtook the response made the dialog, and another may have ended it already.
    private bool WasMade(ReadOnlySpan<byte> remoteTag)
    {
        foreach (var made in _made ?? [])
        {
            if (made.Dialog.RemoteTag.SequenceEqual(remoteTag)) return true;
        }

        return false;
    }

    private DialogEntry Make(Dialog value)
    {
        if (partition.Dialogs.Find(DialogLookup.Of(value.CallId, value.LocalTag, value.RemoteTag)) is { } known) return known;
        var entry = new DialogEntry(partition.Dialogs.NewId(request.CallId, request.FromTag), SipMethod.Subscribe, isServer: false, value, Owner)
        {
            Route = ViaHop,
            Contact = Answers.ContactValueOf(request),
        };
        partition.Dialogs.Add(entry);
        partition.Dialogs.TryIndex(value.Key, entry);
        SubscriptionClock.Renew(partition, entry, request);
        return entry;
    }
}

/// <summary>Something that an application waits for and may leave behind.</summary>
internal interface IOwned
{
    /// <summary>Whose it is; null once that has gone.</summary>
    ApplicationConnection? Owner { get; }

    /// <summary>Who had it before it was passed to the owner; null for nobody.</summary>
    ApplicationConnection? Before { get; }

    /// <summary>The dialog that it is sent in, or has made; null for none.</summary>
    DialogEntry? Dialog { get; }

    /// <summary>The owner has gone.</summary>
    /// <param name="outgoing">The transaction.</param>
    /// <param name="isKept">Whether its dialog goes on without that owner.</param>
    void Left(OutgoingRequest outgoing, bool isKept);

    /// <summary>The dialog has another owner, who waits for this too.</summary>
    void Pass(ApplicationConnection owner);
}
