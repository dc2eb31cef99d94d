using System.Text;
using CallActors.Control.Events;
using CallActors.Control.Replies;
using CallActors.Sip.Dialogs;

namespace CallActors.Server.Applications;

/// <summary>The frames of the extensions, to applications that were granted them.</summary>
internal static class ExtensionFrames
{
    /// <summary>A session that has lost its owner is offered.</summary>
    public static void Adopt(this ApplicationConnection to, ReadOnlySpan<byte> key, int incarnation, ReadOnlySpan<byte> names, ReadOnlySpan<byte> blob)
    {
        var frame = ApplicationConnection.Frame(out var id);
        ControlEvents.Adopt(frame, id, key, incarnation, names, blob);
        to.Send(frame);
    }

    /// <summary>The answer to a claim that was granted.</summary>
    public static void Claimed(this ApplicationConnection to, ReadOnlySpan<byte> command, int incarnation, ReadOnlySpan<byte> names)
    {
        var frame = ApplicationConnection.Frame(out var id);
        ControlReplies.Claimed(frame, id, command, incarnation, names);
        to.Send(frame);
    }

    /// <summary>Another process of the application has gone.</summary>
    public static void Gone(this ApplicationConnection to, string node, Departure how)
    {
        var frame = ApplicationConnection.Frame(out var id);
        ControlEvents.Gone(frame, id, Encoding.ASCII.GetBytes(node), how);
        to.Send(frame);
    }

    /// <summary>The event <c>state</c>: what the server knows of a dialog.</summary>
    public static void State(this ApplicationConnection to, ReadOnlySpan<byte> key, ReadOnlySpan<byte> dialog, ReadOnlySpan<byte> state)
    {
        var frame = ApplicationConnection.Frame(out var id);
        ControlEvents.State(frame, id, key, dialog, state);
        to.Send(frame);
    }

    /// <summary>The event <c>ask</c>; its id is the same for all who are asked.</summary>
    public static void Ask(this ApplicationConnection to, ReadOnlySpan<byte> id, in DialogKey dialog)
    {
        var frame = ApplicationConnection.Frame(out _);
        ControlEvents.Ask(frame, id, dialog.CallId, dialog.LocalTag, dialog.RemoteTag);
        to.Send(frame);
    }
}
