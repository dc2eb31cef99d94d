using CallActors.Headers;
using CallActors.Sip.Messages;
using CallActors.Sip.Transactions;
using Microsoft.Extensions.Logging;

namespace CallActors.Presence;

/// <summary>Tells whoever watches dialogs; a watcher that throws harms no call.</summary>
internal sealed partial class DialogStates(IEnumerable<IDialogStateSink> sinks, ILogger logger)
{
    private readonly IDialogStateSink[] _sinks = [.. sinks];

    /// <summary>The stream of a dialog that begins; null when nobody watches.</summary>
    public LegState? Begin(SipRequest invite, DialogDirection direction)
    {
        if (_sinks.Length == 0) return null;
        var (state, effects) = DialogStateStream.Start(WatchedDialog.Of($"{invite.CallIdText};from-tag={invite.From.Tag}", invite, direction));
        Publish(effects);
        return new LegState(this, state);
    }

    /// <summary>The stream of an answered dialog that goes on here; null when nobody watches.</summary>
    public LegState? Resume(Leg leg, DialogDirection direction)
    {
        if (_sinks.Length == 0) return null;
        var (from, to) = direction == DialogDirection.Initiator ? (leg.RemoteTag, leg.LocalTag) : (leg.LocalTag, leg.RemoteTag);
        var dialog = new WatchedDialog($"{leg.CallId};from-tag={from}", direction, leg.RemoteUri, leg.LocalUri, leg.CallId, from);
        return new LegState(this, new DialogStateChanged(dialog, DialogState.Confirmed, to));
    }

    internal void Publish(IEnumerable<TransactionEffect> effects)
    {
        foreach (var effect in effects)
        {
            if (effect is PublishState publish) Publish(publish.Change);
        }
    }

    private void Publish(DialogStateChanged change)
    {
        foreach (var sink in _sinks)
        {
            try
            {
                sink.Write(change);
            }
            catch (Exception e)
            {
                LogSink(logger, e, sink.GetType().Name, change.Dialog.Id);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "the dialog-state sink {Sink} failed for dialog {Dialog}; a state is lost to that sink")]
    private static partial void LogSink(ILogger logger, Exception exception, string sink, string dialog);
}
