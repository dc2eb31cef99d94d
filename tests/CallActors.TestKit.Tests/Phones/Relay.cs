using System.Buffers;
using System.Globalization;
using System.Text;
using CallActors.Control;
using CallActors.Control.Commands;
using CallActors.Control.Events;
using CallActors.Control.Replies;
using CallActors.Net;
using CallActors.Sip.Messages;

namespace CallActors.TestKit.Tests.Phones;

/// <summary>
/// The smallest application there can be, in raw control frames: it passes one call from a phone on to another and everything within it, both ways.
/// </summary>
internal sealed class Relay : IStreamReceiver
{
    private static readonly string[] s_kept = ["Event", "Subscription-State", "Expires", "Subject", "Proxy-Authenticate", "Proxy-Authorization", "Refer-To"];

    private readonly Dictionary<string, Action<ControlWord>> _replies = [];
    private readonly Dictionary<string, Action<SipResponse, string>> _answers = [];
    private readonly ArrayBufferWriter<byte> _out = new();
    private readonly TestNet _net;
    private readonly IStreamConnection _connection;
    private ControlFramer _framer = new(ControlFramer.DefaultMaxPayload);
    private string _dialogA = "", _dialogB = "", _inviteB = "";
    private int _commands;

    public Relay(TestNet net, params string[] methods)
    {
        _net = net;
        _connection = net.Settle(net.Node("relay").Network.ConnectAsync(net.Control, NetProtocol.Tcp, StreamOptions.Default, _ => this));
        Command(id => ControlCommands.Authenticate(_out, id, Encoding.UTF8.GetBytes(net.Options.Secret), default));
        foreach (var method in methods) Command(id => ControlCommands.Route(_out, id, Encoding.UTF8.GetBytes(method)));
        net.Run(TimeSpan.FromMilliseconds(100));
    }

    /// <summary>What to do with a new request instead of passing it on.</summary>
    public Action<string, SipRequest>? Offered { get; set; }

    /// <summary>Why the connection ended; null while it lives.</summary>
    public string? Ended { get; private set; }

    public void Respond(string transaction, SipRequest request, int status, string headers = "", string body = "", Action<ControlWord>? replied = null) =>
        Command(id => ControlCommands.Respond(_out, id, Encoding.UTF8.GetBytes(transaction), Encoding.UTF8.GetBytes(Answer(status, request, headers, body))), replied);

    public int OnBytes(ReadOnlySpan<byte> buffered)
    {
        var consumed = 0;
        while (_framer.Next(buffered[consumed..]) is { Status: ControlFrameStatus.Frame } frame)
        {
            Hear(frame.Payload(buffered[consumed..]));
            consumed += frame.Consumed;
        }

        return consumed;
    }

    public void OnBatchEnd()
    {
    }

    public void OnClosed(string? reason) => Ended = reason ?? "";

    private void Hear(ReadOnlySpan<byte> payload)
    {
        var message = new ControlMessage(payload);
        if (ServerMessage.KindOf(message) == ServerMessageKind.Reply)
        {
            var reply = new ControlReply(message);
            var word = new ControlWord(reply.Verdict == ReplyVerdict.Ok, Encoding.UTF8.GetString(reply.TransactionId), Encoding.UTF8.GetString(reply.DialogId));
            if (_replies.Remove(Encoding.UTF8.GetString(message.Token(2)), out var replied)) replied(word);
            return;
        }

        var told = new SipEvent(message);
        var (transaction, dialog) = (Encoding.UTF8.GetString(told.TransactionId), Encoding.UTF8.GetString(told.DialogId));
        var sip = SipParser.Parse(told.Sip).Message;
        if (sip is SipResponse response)
        {
            if (_answers.TryGetValue(transaction, out var answered)) answered(response, dialog);
        }
        else if (sip is SipRequest request && !told.IsServerRequest)
        {
            if (!told.IsNewRequest) Within(transaction, dialog, request);
            else if (Offered is not null) Offered(transaction, request);
            else PassOn(transaction, request);
        }
    }

    private void PassOn(string transaction, SipRequest request)
    {
        var user = Encoding.UTF8.GetString(request.RequestUri).Split(':', '@')[1];
        Ask("", $"{Encoding.UTF8.GetString(request.MethodName)} {_net.Phones[user].Uri} SIP/2.0\r\nFrom: sip:relay@localhost\r\n{BodyOf(request)}", (response, dialog) =>
        {
            if (response.IsProvisional && response.TextOf("RSeq") is { } rseq)
                Ask(dialog, $"PRACK sip:placeholder SIP/2.0\r\nRAck: {rseq} {response.CSeq} INVITE\r\n{BodyOf(response, false)}", static (_, _) => { });
            if (response.IsSuccess) _dialogB = dialog;
            Respond(transaction, request, response.StatusCode, Kept(response), Text(response), word => _dialogA = word.DialogId.Length > 0 ? word.DialogId : _dialogA);
        }, word => _inviteB = word.TransactionId);
    }

    private void Within(string transaction, string dialog, SipRequest request)
    {
        var other = dialog == _dialogA ? _dialogB : _dialogA;
        var method = Encoding.UTF8.GetString(request.MethodName);
        switch (method)
        {
            case "CANCEL":
                Command(id => ControlCommands.Cancel(_out, id, Encoding.UTF8.GetBytes(_inviteB), "CANCEL sip:placeholder SIP/2.0\r\nContent-Length: 0\r\n\r\n"u8));
                break;
            case "ACK":
                Ask(other, $"ACK sip:placeholder SIP/2.0\r\n{BodyOf(request)}", static (_, _) => { });
                break;
            case "PRACK":
                Respond(transaction, request, 200);
                break;
            default:
                Ask(other, $"{method} sip:placeholder SIP/2.0\r\n{BodyOf(request)}", (response, _) => Respond(transaction, request, response.StatusCode, "", Text(response)));
                break;
        }
    }

    private void Ask(string dialog, string sip, Action<SipResponse, string> heard, Action<ControlWord>? replied = null) => Command(
        id =>
        {
            if (dialog.Length == 0) ControlCommands.NewRequest(_out, id, Encoding.UTF8.GetBytes(sip));
            else ControlCommands.DialogRequest(_out, id, Encoding.UTF8.GetBytes(dialog), Encoding.UTF8.GetBytes(sip));
        },
        word =>
        {
            if (word.IsOk) _answers[word.TransactionId] = heard;
            replied?.Invoke(word);
        });

    private void Command(Action<byte[]> write, Action<ControlWord>? replied = null)
    {
        var id = "c" + (++_commands).ToString(CultureInfo.InvariantCulture);
        _replies[id] = replied ?? (static _ => { });
        _out.ResetWrittenCount();
        write(Encoding.ASCII.GetBytes(id));
        _connection.Write(_out.WrittenSpan);
        _connection.Flush();
    }

    private static string Answer(int status, SipRequest request, string headers, string body) =>
        $"SIP/2.0 {status} {Encoding.UTF8.GetString(SipReasonPhrases.Of(status))}\r\ncall-id: {request.TextOf("Call-ID")}\r\ncseq: {request.TextOf("CSeq")}\r\n"
        + $"from: {request.TextOf("From")}\r\nto: {request.TextOf("To")}\r\n{headers}{Body(body)}";

    private static string BodyOf(SipMessage message, bool keeps = true) => keeps ? Kept(message) + Body(Text(message)) : Body("");

    private static string Kept(SipMessage message) =>
        string.Concat(s_kept.SelectMany(name => message.TextsOf(name).Select(value => $"{name}: {value}\r\n")));

    private static string Body(string body) => (body.Length == 0 ? "" : "Content-Type: application/sdp\r\n") + $"Content-Length: {body.Length}\r\n\r\n{body}";

    private static string Text(SipMessage message) => Encoding.UTF8.GetString(message.Body);
}

/// <summary>A reply of the server's.</summary>
internal sealed record ControlWord(bool IsOk, string TransactionId, string DialogId);
