using CallActors.Control;
using CallActors.Control.Commands;
using CallActors.Server.Applications;
using CallActors.Server.Calls;
using CallActors.Server.Partitions;
using CallActors.Server.Transports;
using CallActors.Sip;
using CallActors.Sip.Dialogs;
using Microsoft.Extensions.Logging;

namespace CallActors.Server.Restoring;

/// <summary>The server's memory of its dialogs, given to their owners, and dialogs made of it again: control protocol §8.3, §8.5.</summary>
internal sealed partial class States(Partition partition)
{
    // Half of Dialog.RestoredGap: what is sent while a state is on its way to its keeper has the other half.
    private const uint Stride = Dialog.RestoredGap / 2;

    // What is overdue after a restart is not done for all calls at the same moment.
    private const int SpreadMilliseconds = 5_000;

    [ThreadStatic]
    private static byte[]? t_room;

    private readonly ILogger _logger = partition.Context.Log;

    private ServerContext Context => partition.Context;

    /// <summary>Gives a dialog's state to its owner, where both are there and a successor would have to know something that it was not told yet.</summary>
    public void Tell(DialogEntry entry)
    {
        if (entry.Kept is not { IsOver: false } session || !entry.Dialog.IsConfirmed || entry.IsOver) return;
        if (entry.Owner is not { IsOpen: true } owner || !owner.Features.HasFlag(ExtensionFeatures.Restore)) return;
        if (entry.Told is { } told && IsCurrent(entry, owner, told)) return;
        entry.Told = new ToldState(
            owner, entry.Dialog, entry.Route, entry.Contact, entry.Session, TurnOf(entry), entry.Session?.Description ?? default, entry.Subscription?.Until ?? default);

        var room = t_room ??= new byte[SessionKey.MaxBytes];
        var length = Of(entry).Write(room);
        if (length > 0) owner.State(session.Key.Span, entry.Id.Span, room.AsSpan(0, length));
        else LogTooLong(entry.Id);
    }

    /// <summary>Makes a dialog of a state and enters it into the tables.</summary>
    /// <param name="id">Its id on the control protocol.</param>
    /// <param name="state">The state.</param>
    /// <param name="owner">Whose it is.</param>
    /// <returns>Null where the id is not one of the state's dialog, or another dialog has its tags.</returns>
    public DialogEntry? Revive(ReadOnlySpan<byte> id, DialogState state, ApplicationConnection owner)
    {
        var dialog = state.Dialog;
        if (!DialogTable.IsIdOf(id, dialog.CallId, dialog.InitiatorTag) || partition.Dialogs.Find(id) is not null) return null;
        var entry = new DialogEntry(Octets.Of(id), state.Method, dialog.IsServer, dialog, owner)
        {
            Contact = state.Contact,
            Route = TargetOf(state.Hop),
            IsRestored = true,
        };
        if (!partition.Dialogs.TryIndex(dialog.Key, entry)) return null;
        partition.Dialogs.Add(entry);
        if (state.Session is { } session) Resume(entry, session);
        if (state.SubscribedUntil is { } until) SubscriptionClock.Resume(partition, entry, until - Context.UtcNow);
        return entry;
    }

    private DialogState Of(DialogEntry entry)
    {
        SessionState? session = null;
        if (entry.Session is { } clock && AgreementOf(clock.State) is { } agreement)
            session = new SessionState(agreement, WallTime(clock.Due), clock.Description, clock.DescriptionType);
        DateTimeOffset? until = entry.Subscription is { } subscription ? WallTime(subscription.Until) : null;
        return new DialogState(entry.Method, entry.Dialog, entry.Contact, HopOf(entry.Route), session, until);
    }

    private DateTimeOffset WallTime(TimeSpan due) => Context.UtcNow + (due - partition.Now);

    private void Resume(DialogEntry entry, SessionState session)
    {
        var left = session.Due - Context.UtcNow;
        if (left > session.Agreement.Interval) left = session.Agreement.Interval;

        // Ours is late: soon. Theirs is late: it may have come while nobody was here, and is repeated for 64*T1.
        if (session.Agreement.WeRefresh && left <= TimeSpan.Zero) left = TimeSpan.FromMilliseconds(Context.Identity.Next(SpreadMilliseconds));
        else if (!session.Agreement.WeRefresh && left < Context.SipTimers.T1x64) left = Context.SipTimers.T1x64;
        partition.Sessions.Resume(entry, session.Agreement, left, session.Description, session.DescriptionType);
    }

    private static SessionAgreement? AgreementOf(SessionTimer.State state) => state switch
    {
        SessionTimer.State.OursToRefresh ours => new(ours.Seconds, WeRefresh: true),
        SessionTimer.State.Refreshing ours => new(ours.Seconds, WeRefresh: true),
        SessionTimer.State.TheirsToRefresh theirs => new(theirs.Seconds, WeRefresh: false),
        _ => null,
    };

    private static int TurnOf(DialogEntry entry) => entry.Session?.State.Turn ?? 0;

    private static bool IsCurrent(DialogEntry entry, ApplicationConnection owner, ToldState told) =>
        ReferenceEquals(told.Owner, owner)
        && entry.Dialog.LocalSequence - told.Dialog.LocalSequence < Stride
        && ReferenceEquals(told.Timer, entry.Session) && told.Turn == TurnOf(entry)
        && entry.Dialog.RemoteTarget.SequenceEqual(told.Dialog.RemoteTarget)
        && entry.Route == told.Route
        && entry.Contact == told.Contact
        && (entry.Session is null || entry.Session.Description == told.Description)
        && (entry.Subscription is null || entry.Subscription.Until == told.SubscribedUntil);

    // A connection that the peer made cannot be made by us: the dialog follows its route and its target until the peer is back. One that we made is made again.
    private static HopState? HopOf(SipTarget? route)
    {
        if (route is null || (route.Connection is { } connection && connection.Local.Port == route.Transport.Local.Port)) return null;
        return new HopState(route.Transport.Protocol, route.Transport.Local, route.Address, route.Address is null ? Octets.Of(route.Host) : default, route.Port);
    }

    private SipTarget? TargetOf(HopState? hop)
    {
        if (hop is null) return null;
        var transport = Context.Transports.Bound(hop.Protocol, hop.Local) ?? Context.Transports.Best(hop.Protocol, (hop.Address ?? hop.Local).IsIpv6, hop.Address?.Ip);
        return transport is null ? null : new SipTarget(transport, hop.Address, hop.Address?.Host ?? hop.Host.ToString(), hop.Port);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "the state of dialog {Dialog} is longer than 16 kB, so the call would not survive this server")]
    private partial void LogTooLong(Octets dialog);
}

/// <summary>What the owner of a dialog was told last, to find out whether that still holds.</summary>
internal sealed record ToldState(
    ApplicationConnection Owner, Dialog Dialog, SipTarget? Route, Octets Contact, SessionClock? Timer, int Turn, Octets Description, TimeSpan SubscribedUntil);
