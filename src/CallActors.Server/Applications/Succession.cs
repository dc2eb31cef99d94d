using System.Security.Cryptography;
using System.Text;
using CallActors.Control;
using CallActors.Control.Commands;
using CallActors.Control.Events;
using CallActors.Server.Partitions;
using CallActors.Server.Transports;
using CallActors.Sip;

namespace CallActors.Server.Applications;

/// <summary>Calls outlive the application that serves them: sessions, who owns them, and to whom they are offered (docs/control-protocol.md §8).</summary>
/// <remarks>Locks are taken in this order: partition, session, group. Nothing here holds one while it enters a partition.</remarks>
internal sealed class Succession(ServerContext context, SipDispatch dispatch)
{
    /// <summary>How many sessions are offered, or ended, in one tick: a takeover of 50,000 calls fills half a second, and no connection's backlog.</summary>
    private const int MostAtOnce = 2_000;

    private static readonly TimeSpan s_offerLimit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_emptyLimit = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan s_silence = TimeSpan.FromSeconds(3);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, ApplicationGroup> _groups = new(StringComparer.Ordinal);
    private readonly byte[] _server = Encoding.ASCII.GetBytes(RandomNumberGenerator.GetHexString(16, lowercase: true));
    private TimeSpan _ticked;
    private int _count;

    /// <summary>How many sessions there are.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Whether there may be no more of them.</summary>
    public bool IsFull => Count >= context.Options.Limits.MaxDialogs;

    /// <summary>What this server can do.</summary>
    private static ExtensionFeatures Features => ExtensionFeatures.All;

    /// <summary>What an application is granted of what it asks for; it belongs to its group from now on.</summary>
    public Extensions Join(ApplicationConnection application, Extensions asked)
    {
        if (!context.Options.Extensions.IsOn || application.IsOutbound || !asked.IsAsked) return default;
        var name = Encoding.ASCII.GetString(asked.App);
        lock (_gate)
        {
            // Who proves itself again stays what it is.
            if (application.Group is { } joined) return joined.Name == name ? Extensions.Grant(_server, Features) : default;

            if (!_groups.TryGetValue(name, out var group)) _groups[name] = group = new ApplicationGroup(name);
            application.Extend(group, Encoding.ASCII.GetString(asked.Node), Features, context.Uptime);
            group.Join(application);
        }

        return Extensions.Grant(_server, Features);
    }

    /// <summary>A connection has ended: its sessions have no owner, and the others of the application are told when it was its node's last.</summary>
    /// <returns>The sessions, which <see cref="Offer"/> takes once the partitions know.</returns>
    public List<KeptSession> Leave(ApplicationConnection application)
    {
        if (application.Group is not { } group) return [];
        group.Leave(application);
        var others = group.Connections;
        var isLast = true;
        foreach (var other in others) isLast &= other.Node != application.Node;
        if (isLast)
            foreach (var other in others) other.Gone(application.Node, application.IsSilent ? Departure.Silent : Departure.Closed);
        return group.Lose(application, context.Uptime);
    }

    /// <summary>The partitions know of the loss: others may have the sessions.</summary>
    public static void Offer(ApplicationConnection application, List<KeptSession> lost) => application.Group?.Offer(lost);

    /// <summary>An application attaches a key and a blob to its dialogs.</summary>
    public void Session(ApplicationConnection application, SessionCommand command)
    {
        var id = command.Message.Id;
        if (application.Group is not { } group)
        {
            application.Nok(id, ControlTexts.Extension.NotGranted);
            return;
        }

        if (command.IsRelease)
        {
            Release(application, group, command);
            return;
        }

        if (IsFull && group.Find(command.Key) is null)
        {
            application.Nok(id, ControlTexts.Extension.SessionsFull);
            return;
        }

        var session = Begin(group, command.Key, application, command.Incarnation, out var isNew);
        List<Octets> given = [], dropped = [];
        foreach (var name in command.Names) given.Add(Octets.Of(name));
        if (!MayChange(application, id, session, session.Update(application, command.Incarnation, command.Blob, given, dropped))) return;

        foreach (var name in dropped) Detach(session, name);
        foreach (var name in given)
            if (!session.Has(name)) Attach(session, application, name);
        if (isNew && session.IsEmpty) group.Emptied(session, context.Uptime);
    }

    /// <summary>The session of a key, begun for this owner where there is none.</summary>
    public KeptSession Begin(ApplicationGroup group, ReadOnlySpan<byte> key, ApplicationConnection owner, int incarnation, out bool isNew)
    {
        var session = group.FindOrBegin(key, owner, incarnation, out isNew);
        if (isNew) Interlocked.Increment(ref _count);
        return session;
    }

    /// <summary>An application takes a session over.</summary>
    public void Claim(ApplicationConnection application, ClaimCommand command)
    {
        var id = command.Message.Id;
        if (application.Group is not { } group)
        {
            application.Nok(id, ControlTexts.Extension.NotGranted);
            return;
        }

        if (group.Find(command.Key) is not { } session)
        {
            application.Nok(id, ControlTexts.Extension.UnknownSession, command.Key);
            return;
        }

        if (!session.TryClaim(application, command.Incarnation, out var previous))
        {
            Superseded(application, id, session);
            return;
        }

        // The application knows the dialogs before it is shown what came in them meanwhile.
        var dialogs = session.Dialogs(out _, out var incarnation);
        application.Claimed(id, incarnation, Joined(dialogs));
        foreach (var dialog in dialogs)
        {
            var partition = PartitionOf(dialog);
            using (partition.EnterScope()) partition.Inheritance.Take(session, dialog, application, previous);
        }
    }

    /// <summary>
    /// A request was shown to an application none of whose processes has its call: the session has lost its owner, whoever that was, and is offered. Or it was shown to one
    /// that has no place for a new call: it is offered itself.
    /// </summary>
    public void Stray(ApplicationConnection application, StrayCommand command)
    {
        if (application.Group is not { } group)
        {
            application.Nok(command.Message.Id, ControlTexts.Extension.NotGranted);
            return;
        }

        if (!TransactionId.TryParse(command.TransactionId, out var transaction) || dispatch.PartitionOf(transaction) is not { } partition) return;
        KeptSession? lost;
        using (partition.EnterScope()) lost = partition.Strays.Take(application, group, transaction, context.Uptime);
        if (lost is not null) group.Offer([lost]);
    }

    /// <summary>A request is about to be sent because of another, and that is noted with the other. False when the application has not got the other.</summary>
    public bool TryLink(ApplicationConnection application, TransactionId received)
    {
        if (dispatch.PartitionOf(received) is not { } partition) return false;
        using (partition.EnterScope()) return partition.Inheritance.TryLink(application, received);
    }

    /// <summary>It was not sent after all.</summary>
    public void Unlink(TransactionId received)
    {
        if (dispatch.PartitionOf(received) is not { } partition) return;
        using (partition.EnterScope()) partition.Inheritance.Unlink(received);
    }

    /// <summary>Offers what waits, ends what nobody claimed, forgets what is empty, and finds connections that are silent. Called with every tick.</summary>
    public void Tick()
    {
        var now = context.Uptime;
        var pause = now - _ticked;
        _ticked = now;
        while (context.Relayed.TryDequeue(out var relayed))
        {
            if (dispatch.PartitionOf(relayed.Received) is not { } partition) continue;
            using (partition.EnterScope()) partition.Inheritance.Answered(relayed.Received, relayed.Response);
        }

        ApplicationGroup[] groups;
        lock (_gate)
        {
            if (_groups.Count == 0) return;
            groups = [.. _groups.Values];
        }

        foreach (var group in groups) Tick(group, now, pause);
    }

    // A defect in one call's ending must not stop the server's clock.
    private void Tick(ApplicationGroup group, TimeSpan now, TimeSpan pause)
    {
        try
        {
            foreach (var connection in group.Connections) Listen(connection, now, pause);
            OfferNext(group, now);
            for (var ended = 0; ended < MostAtOnce && group.TryNextUnclaimed(now - context.Options.Extensions.Grace, out var unclaimed); ended++) End(unclaimed, now);
            while (group.TryNextEmpty(now - s_emptyLimit, out var empty)) Expire(empty, now);
            if (!group.IsIdle) return;
            lock (_gate)
            {
                if (group.IsIdle) _groups.Remove(group.Name);
            }
        }
#pragma warning disable CA1031 // whatever it is, it is reported as the defect it is
        catch (Exception defect)
#pragma warning restore CA1031
        {
            context.OnFault(defect);
        }
    }

    // A server that was stopped itself has heard nobody, and nobody is to suffer for it.
    private static void Listen(ApplicationConnection connection, TimeSpan now, TimeSpan pause)
    {
        if (pause > TimeSpan.FromSeconds(1)) connection.HeardAt = now;
        else if (now - connection.HeardAt > s_silence) connection.Silence();
    }

    private static void OfferNext(ApplicationGroup group, TimeSpan now)
    {
        var connections = group.Connections;
        if (connections.Length == 0) return;
        for (var offers = 0; offers < MostAtOnce && group.TryNextOffer(now, out var session, out var attempt); offers++)
        {
            var to = connections[(int)((uint)(session.Key.GetHashCode() + attempt) % (uint)connections.Length)];
            if (!to.IsOpen || to.IsCongested)
            {
                group.PutBack(session, attempt + 1);
                continue;
            }

            var dialogs = session.Dialogs(out var blob, out var incarnation);
            to.Adopt(session.Key, incarnation, Joined(dialogs), blob.Span);
            group.Offered(session, attempt, incarnation, now + s_offerLimit);
        }
    }

    // Whoever comes later may still account for the call: the session itself stays a while, without dialogs.
    private void End(KeptSession session, TimeSpan now)
    {
        foreach (var dialog in session.Dialogs(out _, out _))
        {
            var partition = PartitionOf(dialog);
            using (partition.EnterScope()) partition.Inheritance.End(session, dialog);
        }

        if (session.IsEmpty) session.Group.Emptied(session, now);
    }

    private void Expire(KeptSession session, TimeSpan now)
    {
        if (!session.IsEmpty || now - session.EmptySince < s_emptyLimit) return;
        Forget(session);
    }

    private void Release(ApplicationConnection application, ApplicationGroup group, SessionCommand command)
    {
        if (group.Find(command.Key) is not { } session) return;
        if (!MayChange(application, command.Message.Id, session, session.Update(application, command.Incarnation, default, [], []))) return;
        Forget(session);
    }

    private void Forget(KeptSession session)
    {
        if (!session.Group.Remove(session)) return;
        Interlocked.Decrement(ref _count);
        foreach (var name in session.End()) Detach(session, name);
    }

    private static bool MayChange(ApplicationConnection application, ReadOnlySpan<byte> id, KeptSession session, int verdict)
    {
        if (verdict == 1) Superseded(application, id, session);
        else if (verdict == 2) application.Nok(id, ControlTexts.InDialog.NotOwner);
        return verdict == 0;
    }

    /// <summary>Tells an application that its memory of a call is the older one.</summary>
    public static void Superseded(ApplicationConnection application, ReadOnlySpan<byte> id, KeptSession session)
    {
        Span<byte> number = stackalloc byte[11];
        session.Incarnation.TryFormat(number, out var length);
        application.Nok(id, ControlTexts.Extension.Superseded, number[..length]);
    }

    private void Attach(KeptSession session, ApplicationConnection application, Octets name)
    {
        if (TransactionId.TryParse(name, out var transaction))
        {
            if (dispatch.PartitionOf(transaction) is not { } receiving) return;
            using (receiving.EnterScope()) receiving.Inheritance.Expect(session, application, transaction, name);
            return;
        }

        var partition = PartitionOf(name);
        using (partition.EnterScope()) partition.Inheritance.Attach(session, application, name);
    }

    private void Detach(KeptSession session, Octets name)
    {
        if (TransactionId.TryParse(name, out var transaction))
        {
            if (dispatch.PartitionOf(transaction) is not { } receiving) return;
            using (receiving.EnterScope()) receiving.Inheritance.Forgo(session, transaction, name);
            return;
        }

        var partition = PartitionOf(name);
        using (partition.EnterScope()) partition.Inheritance.Detach(session, name);
    }

    /// <summary>The partition of a dialog.</summary>
    public Partition PartitionOf(Octets dialog)
    {
        var end = dialog.Span.LastIndexOf(";from-tag="u8);
        return dispatch.PartitionOf(end < 0 ? dialog.Span : dialog.Span[..end]);
    }

    /// <summary>Ids as a list.</summary>
    public static byte[] Joined(Octets[] names)
    {
        var length = Math.Max(0, names.Length - 1);
        foreach (var name in names) length += name.Length;
        var joined = new byte[length];
        var at = 0;
        foreach (var name in names)
        {
            if (at > 0) joined[at++] = (byte)',';
            name.Span.CopyTo(joined.AsSpan(at));
            at += name.Length;
        }

        return joined;
    }
}
