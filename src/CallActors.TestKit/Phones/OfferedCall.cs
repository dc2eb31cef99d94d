using CallActors.Sip.Dialogs;
using CallActors.Sip.Digest;
using CallActors.Sip.Messages;

namespace CallActors.TestKit;

/// <summary>A call that a phone was offered.</summary>
public sealed class OfferedCall : PhoneDialog
{
    private const uint FirstSequence = 100;

    internal OfferedCall(Phone phone, ReceivedInvite invite)
        : base(phone, System.Text.Encoding.ASCII.GetString(invite.Request.CallId), phone.NewName("tag"))
    {
        Invite = invite;
        invite.Dialog = this;
        Keep(invite);
    }

    /// <summary>The INVITE.</summary>
    public ReceivedInvite Invite { get; }

    /// <summary>Its body.</summary>
    public PhoneBody Body => Invite.Body;

    /// <summary>A field of the INVITE; null when it has none.</summary>
    public string? Header(string name) => Invite.Header(name);

    /// <inheritdoc cref="ReceivedInvite.Rings"/>
    public OfferedCall Rings(int status = 180, PhoneBody? body = null, (string Name, string? Value)[]? headers = null)
    {
        Invite.Rings(status, body, headers);
        return this;
    }

    /// <inheritdoc cref="ReceivedInvite.RingsReliably"/>
    public OfferedCall RingsReliably(int status = 180, PhoneBody? body = null, (string Name, string? Value)[]? headers = null)
    {
        Invite.RingsReliably(status, body, headers);
        return this;
    }

    /// <inheritdoc cref="ReceivedInvite.ReceivesPrack"/>
    public OfferedCall ReceivesPrack(PhoneBody? body = null)
    {
        Invite.ReceivesPrack(body);
        return this;
    }

    /// <inheritdoc cref="ReceivedInvite.Answers"/>
    public OfferedCall Answers(PhoneBody? body = null, (string Name, string? Value)[]? headers = null)
    {
        Invite.Answers(body, headers);
        return this;
    }

    /// <summary>Answers with any status.</summary>
    public OfferedCall Responds(int status, PhoneBody? body = null, (string Name, string? Value)[]? headers = null, string? reason = null)
    {
        Invite.Respond(status, body, headers, reason);
        return this;
    }

    /// <summary>Turns the call away. The ACK is taken by the transaction.</summary>
    public OfferedCall Rejects(int status = 486, (string Name, string? Value)[]? headers = null, string? reason = null) => Responds(status, null, headers, reason);

    /// <summary>Sends the caller elsewhere.</summary>
    public OfferedCall Redirects(string uri, int status = 302) => Responds(status, null, [("Contact", $"<{uri}>")]);

    /// <inheritdoc cref="RequestSteps.ChallengesWith"/>
    public OfferedCall ChallengesWith(string realm, DigestAlgorithm[]? algorithms = null, bool isProxy = true, bool isStale = false)
    {
        Invite.Challenge(realm, algorithms ?? [], isProxy, isStale);
        return this;
    }

    /// <inheritdoc cref="RequestSteps.Proves"/>
    public OfferedCall Proves(string user, string password)
    {
        Invite.Proves(user, password);
        return this;
    }

    /// <inheritdoc cref="ReceivedInvite.ReceivesAck"/>
    public OfferedCall ReceivesAck()
    {
        Invite.ReceivesAck();
        return this;
    }

    /// <inheritdoc cref="ReceivedInvite.ReceivesNoAck"/>
    public OfferedCall ReceivesNoAck()
    {
        Invite.ReceivesNoAck();
        return this;
    }

    /// <inheritdoc cref="ReceivedInvite.ReceivesCancel"/>
    public OfferedCall ReceivesCancel(bool answers = true)
    {
        Invite.ReceivesCancel(answers);
        return this;
    }

    /// <summary>Another who answers the same INVITE with a tag of its own, as if a proxy had forked it.</summary>
    public OfferedCall Forks() => new(Phone, Invite.Fork());

    internal override void Answered(SipRequest request, SipResponse response)
    {
        if (request != Invite.Request) base.Answered(request, response);
        else if (!response.IsRejection && response.StatusCode > 100)
            State = State is null ? Dialog.ForServer(request, response, FirstSequence) : response.IsSuccess ? State.Confirm(response) : State;
    }
}
