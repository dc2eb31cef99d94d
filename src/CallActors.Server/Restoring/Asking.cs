using CallActors.Server.Applications;
using CallActors.Server.Partitions;
using CallActors.Server.Transports;
using CallActors.Sip.Dialogs;
using CallActors.Sip.Messages;

namespace CallActors.Server.Restoring;

/// <summary>
/// Requests of the network in dialogs that this run of the server does not know: before they are answered 481 the applications are asked, for the server of before may have had
/// the dialog (control protocol §8.5).
/// </summary>
internal sealed class Asking(Partition partition) : ITimed
{
    /// <summary>How long applications may take.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(4);

    private const int MostDeferred = 256;

    private readonly Dictionary<DialogKey, Ask> _byKey = new(DialogKeyComparer.Instance);
    private readonly Dictionary<TransactionId, Ask> _byId = [];
    private readonly HeldRequests _deferred = new(MostDeferred);

    private ServerContext Context => partition.Context;

    /// <summary>How many dialogs are being asked for.</summary>
    public int Count => _byKey.Count;

    // The server has just been started, and those who know its dialogs may still be on their way back.
    private bool IsStarting => partition.Now < Context.Options.Limits.RestoreGrace;

    /// <summary>A request in a dialog that is not known. False when there is nobody to be asked: then it is answered at once.</summary>
    public bool TryHold(SipRequest request, in Flow flow)
    {
        if (_byKey.GetAlternateLookup<DialogLookup>().TryGetValue(DialogLookup.ForReceived(request), out var ask))
        {
            Hold(ask, request, flow);
            return true;
        }

        var restorers = Context.Restorers.All;
        if (restorers.IsEmpty)
        {
            if (!IsStarting || Context.Restorers.SomebodyCame) return false;
            Defer(request, flow);
            return true;
        }

        // At the bound nothing is said: silence is repeated, 481 would end a call.
        if (_byKey.Count >= Context.PartitionLimits.Waiting) return true;
        ask = new Ask(this, partition.NewId(), DialogLookup.ForReceived(request).ToKey());
        _byKey[ask.Key] = ask;
        _byId[ask.Id] = ask;
        Hold(ask, request, flow);
        var rest = Context.Options.Limits.RestoreGrace - partition.Now;
        partition.SetTimer(rest > Limit ? rest : Limit, ask, 0);
        foreach (var restorer in restorers) Put(ask, restorer);
        return true;
    }

    /// <summary>The INVITE that a CANCEL is for, begun so that both can be answered; null when none waits here.</summary>
    public IncomingRequest? TakeCancelled(SipRequest cancel)
    {
        var where = _byKey.GetAlternateLookup<DialogLookup>().TryGetValue(DialogLookup.ForReceived(cancel), out var ask) ? ask.Held : _deferred;
        return where.TakeCancelled(cancel) is { } held ? partition.Intake.Begin(held.Request, held.Flow, isInDialog: true) : null;
    }

    /// <summary>A dialog was given back: what waited for it goes on in it.</summary>
    public void Restored(DialogEntry dialog)
    {
        if (!_byKey.TryGetValue(dialog.Dialog.Key, out var ask)) return;
        Remove(ask);
        foreach (var held in ask.Held.TakeAll()) partition.Intake.InDialog(held.Request, held.Flow, wasAsked: true);
    }

    /// <summary>An application has not the dialog.</summary>
    public void Unknown(ApplicationConnection application, TransactionId id)
    {
        if (_byId.TryGetValue(id, out var ask)) Unknown(application, ask);
    }

    /// <summary>An application has come that may have what is being asked for, or had none before it.</summary>
    public void Came(ApplicationConnection application, bool restores)
    {
        if (restores)
        {
            foreach (var ask in _byKey.Values) Put(ask, application);
        }

        OnTimer(0);
    }

    /// <summary>A connection has ended, and will not answer.</summary>
    public void Left(ApplicationConnection application)
    {
        foreach (var ask in (Ask[])[.. _byKey.Values]) Unknown(application, ask);
    }

    /// <summary>Not everybody has answered in time.</summary>
    public void Overdue(Ask ask)
    {
        if (_byId.ContainsKey(ask.Id)) GiveUp(ask);
    }

    /// <inheritdoc/>
    public void OnTimer(long kind)
    {
        foreach (var held in _deferred.TakeAll()) partition.Intake.InDialog(held.Request, held.Flow, wasAsked: false);
    }

    private static void Put(Ask ask, ApplicationConnection application)
    {
        if (!application.IsOpen || !ask.Unanswered.Add(application)) return;
        Span<byte> id = stackalloc byte[TransactionId.TextLength];
        ask.Id.Write(id);
        application.Ask(id, ask.Key);
    }

    private void Hold(Ask ask, SipRequest request, in Flow flow)
    {
        ask.Held.TryAdd(request, flow);
        if (request.Method == SipMethod.Invite) Context.Output.Send(request.RespondTo(100, default, default), flow, null);
    }

    // While the server has just been started others may come who know more: only the time ends it then.
    private void Unknown(ApplicationConnection application, Ask ask)
    {
        if (ask.Unanswered.Remove(application) && ask.Unanswered.Count == 0 && !IsStarting) GiveUp(ask);
    }

    private void GiveUp(Ask ask)
    {
        Remove(ask);
        foreach (var held in ask.Held.TakeAll()) partition.Intake.InDialog(held.Request, held.Flow, wasAsked: true);
    }

    private void Remove(Ask ask)
    {
        _byKey.Remove(ask.Key);
        _byId.Remove(ask.Id);
    }

    // What comes as a datagram is sent again by its sender; over a stream nothing is, so it is kept.
    private void Defer(SipRequest request, in Flow flow)
    {
        if (!flow.Transport.IsReliable) return;
        if (_deferred.IsEmpty) partition.SetTimer(Context.Options.Limits.RestoreGrace - partition.Now, this, 0);
        _deferred.TryAdd(request, flow);
    }
}
