namespace CallActors.Presence;

/// <summary>Is told of every state of every dialog of this node's calls, for busy lamps and their like (RFC 4235). Register one or several with dependency injection.</summary>
public interface IDialogStateSink
{
    /// <summary>Takes a state. It is called in the call's mailbox, each dialog's states in their order: what takes time belongs behind it.</summary>
    void Write(DialogStateChanged change);
}
