using System.Text;
using CallActors.Control;
using CallActors.Control.Events;
using CallActors.Control.Replies;
using CallActors.Sip.Messages;

namespace CallActors.Simulation.Peers;

/// <summary>What an application heard from the server, read with the client's side of the protocol.</summary>
public sealed class Frame
{
    private Frame(string[] tokens) => Tokens = tokens;

    /// <summary>The tokens of the meta-line.</summary>
    public string[] Tokens { get; }

    /// <summary>The message behind it.</summary>
    public SipMessage? Sip { get; private init; }

    /// <summary>What it is.</summary>
    public ServerMessageKind Kind { get; private init; }

    /// <summary>The session that it is about, or that its dialog has; empty for none.</summary>
    public string Key { get; private init; } = "";

    /// <summary>Whether the request had been shown to an owner before.</summary>
    public bool IsAgain { get; private init; }

    /// <summary>The incarnation of an offer, or of a claim that was granted; 0 for none.</summary>
    public int Incarnation { get; private init; }

    /// <summary>The blob of an offer, the state of a dialog.</summary>
    public byte[] Bytes { get; private init; } = [];

    /// <summary>Whether it answers a command.</summary>
    public bool IsReply { get; private init; }

    /// <summary>The word of a reply.</summary>
    public ReplyVerdict Verdict { get; private init; }

    /// <summary>What a reply carries.</summary>
    public ReplyContent Content { get; private init; }

    /// <summary>The text behind <c>NO</c> or <c>NOK</c>.</summary>
    public string Text { get; private init; } = "";

    /// <summary>The transaction.</summary>
    public string TransactionId { get; private init; } = "";

    /// <summary>The dialog.</summary>
    public string DialogId { get; private init; } = "";

    /// <summary>Whether it is a new request outside a dialog.</summary>
    public bool IsNewRequest { get; private init; }

    /// <summary>Whether the server made the request itself.</summary>
    public bool IsServerRequest { get; private init; }

    /// <summary>The request; null for a response.</summary>
    public SipRequest? Request => Sip as SipRequest;

    /// <summary>The response; null for a request.</summary>
    public SipResponse? Response => Sip as SipResponse;

    /// <summary>Reads a frame's payload.</summary>
    public static Frame Read(ReadOnlySpan<byte> payload)
    {
        var message = new ControlMessage(payload);
        var tokens = Encoding.UTF8.GetString(message.MetaLine).Split('|');
        var kind = ServerMessage.KindOf(message);
        if (kind is ServerMessageKind.Adopt or ServerMessageKind.State or ServerMessageKind.Gone or ServerMessageKind.Ask)
        {
            return new Frame(tokens)
            {
                Kind = kind,
                Key = kind is ServerMessageKind.Adopt or ServerMessageKind.State ? tokens[2] : "",
                DialogId = kind == ServerMessageKind.State ? tokens[3] : "",
                Incarnation = kind == ServerMessageKind.Adopt ? new AdoptEvent(message).Incarnation : 0,
                Bytes = message.Sip.ToArray(),
            };
        }

        if (kind == ServerMessageKind.Reply)
        {
            var reply = new ControlReply(message);
            return new Frame(tokens)
            {
                Kind = kind,
                Incarnation = reply.Incarnation,
                IsReply = true,
                Verdict = reply.Verdict,
                Content = reply.Content,
                Text = Encoding.UTF8.GetString(reply.Text),
                TransactionId = Encoding.UTF8.GetString(reply.TransactionId),
                DialogId = Encoding.UTF8.GetString(reply.DialogId),
                Sip = message.HasSip ? SipParser.Parse(reply.Sip).Message : null,
            };
        }

        var told = new SipEvent(message);
        return new Frame(tokens)
        {
            Kind = kind,
            Key = Encoding.UTF8.GetString(told.Key),
            IsAgain = told.IsAgain,
            TransactionId = Encoding.UTF8.GetString(told.TransactionId),
            DialogId = Encoding.UTF8.GetString(told.DialogId),
            IsNewRequest = told.IsNewRequest,
            IsServerRequest = told.IsServerRequest,
            Sip = SipParser.Parse(told.Sip).Message,
        };
    }

    public override string ToString() => $"{string.Join('|', Tokens)} {Sip}";
}
