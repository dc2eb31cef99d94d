using System.Buffers;
using CallActors.Control.Commands;
using CallActors.Control.Events;
using CallActors.Control.Replies;

namespace CallActors.Control.Tests.Examples;

/// <summary>Holds both ends to one golden text: it is what the writer writes, and what the other end's reader reads is written the same again.</summary>
internal static class Both
{
    /// <summary>A message of the server.</summary>
    public static void Server(string golden, Action<IBufferWriter<byte>> write)
    {
        Assert.Equal(golden, Wire.Text(Wire.Payload(write)));

        var bytes = Wire.Bytes(golden);
        Assert.Equal(golden, Wire.Text(Wire.Payload(output => WriteAgain(new ControlMessage(bytes), output))));
    }

    /// <summary>A message of the application.</summary>
    public static void App(string golden, CommandKind kind, Action<IBufferWriter<byte>> write)
    {
        Assert.Equal(golden, Wire.Text(Wire.Payload(write)));

        var bytes = Wire.Bytes(golden);
        Assert.Equal(kind, ControlCommand.Parse(bytes, authenticated: kind != CommandKind.Authenticate).Kind);
        Assert.Equal(CommandVerdict.Accept, ControlCommand.Parse(bytes, authenticated: kind != CommandKind.Authenticate).Verdict);
        Assert.Equal(golden, Wire.Text(Wire.Payload(output => WriteAgain(ControlCommand.Parse(bytes, authenticated: true), output))));
    }

    /// <summary>Writes a server's message from what the client's readers make of it.</summary>
    public static void WriteAgain(ControlMessage message, IBufferWriter<byte> output)
    {
        switch (ServerMessage.KindOf(message))
        {
            case ServerMessageKind.Sip:
                var sip = new SipEvent(message);
                Assert.True(sip.IsComplete);
                if (sip.IsServerRequest) ControlEvents.ServerRequest(output, sip.Id, sip.Transit, sip.DialogId, sip.Sip, sip.Key);
                else if (!sip.IsNewRequest)
                    ControlEvents.Message(output, sip.Id, sip.Transit, sip.TransactionId, sip.DialogId, sip.Sip, sip.Key, sip.IsAgain);
                else ControlEvents.NewRequest(output, sip.Id, sip.Transit, sip.TransactionId, sip.LocalHost, sip.LocalPort, sip.Sip);
                break;
            case ServerMessageKind.Reply:
                WriteAgain(new ControlReply(message), output);
                break;
            case ServerMessageKind.CdrAttempt:
                var attempt = new CdrEvent(message);
                CdrEvents.Attempt(output, attempt.Id, attempt.Source, DateTimeOffset.UnixEpoch + attempt.Time, attempt.Sip);
                break;
            case ServerMessageKind.CdrStart:
                var start = new CdrEvent(message);
                CdrEvents.Start(output, start.Id, start.Source, DateTimeOffset.UnixEpoch + start.Time, start.Role!.Value, start.Sip);
                break;
            case ServerMessageKind.CdrStop:
                var stop = new CdrEvent(message);
                CdrEvents.Stop(output, stop.Id, stop.Source, DateTimeOffset.UnixEpoch + stop.Time, stop.Reason!.Value, stop.Sip);
                break;
            case ServerMessageKind.Adopt:
                var adopt = new AdoptEvent(message);
                ControlEvents.Adopt(output, adopt.Id, adopt.Key, adopt.Incarnation, Joined(adopt.Names), adopt.Blob);
                break;
            case ServerMessageKind.State:
                var state = new StateEvent(message);
                ControlEvents.State(output, state.Id, state.Key, state.DialogId, state.State);
                break;
            case ServerMessageKind.Gone:
                var gone = new GoneEvent(message);
                ControlEvents.Gone(output, gone.Id, gone.Node, gone.How);
                break;
            case ServerMessageKind.Ask:
                var ask = new AskEvent(message);
                ControlEvents.Ask(output, ask.Id, ask.CallId, ask.LocalTag, ask.RemoteTag);
                break;
            default:
                Assert.Fail("No kind of message that a server sends.");
                break;
        }
    }

    private static void WriteAgain(ControlReply reply, IBufferWriter<byte> output)
    {
        switch (reply.Verdict, reply.Content)
        {
            case (ReplyVerdict.No, _): ControlReplies.No(output, reply.Id, reply.CommandId, reply.Text); break;
            case (ReplyVerdict.Nok, _): ControlReplies.Nok(output, reply.Id, reply.CommandId, reply.Text); break;
            case (_, ReplyContent.RequestSent): ControlReplies.RequestSent(output, reply.Id, reply.CommandId, reply.Transit, reply.TransactionId, reply.Sip); break;
            case (_, ReplyContent.ResponseSent):
                ControlReplies.ResponseSent(output, reply.Id, reply.CommandId, reply.Transit, reply.TransactionId, reply.DialogId, reply.Sip);
                break;
            case (_, ReplyContent.ProxyContinue): ControlReplies.ProxyContinue(output, reply.Id, reply.CommandId, reply.Transit, reply.Sip); break;
            case (_, ReplyContent.ProxyDone): ControlReplies.ProxyDone(output, reply.Id, reply.CommandId); break;
            case (ReplyVerdict.Ok, _) when reply.Text.SequenceEqual("pong"u8): ControlReplies.Pong(output, reply.Id, reply.CommandId); break;
            case (ReplyVerdict.Ok, _) when reply.Text.IsEmpty: ControlReplies.Ok(output, reply.Id, reply.CommandId); break;
            case (ReplyVerdict.Ok, _) when reply.Incarnation > 0:
                ControlReplies.Claimed(output, reply.Id, reply.CommandId, reply.Incarnation, Joined(reply.Names));
                break;
            case (ReplyVerdict.Ok, _):
                ControlReplies.Authenticated(output, reply.Id, reply.CommandId, reply.HostPorts, reply.Version, reply.LocalHostPorts, reply.Extensions);
                break;
            default: Assert.Fail("No reply."); break;
        }
    }

    /// <summary>Writes a command from what the server's readers make of it.</summary>
    public static void WriteAgain(ControlCommand command, IBufferWriter<byte> output)
    {
        switch (command.Kind)
        {
            case CommandKind.Authenticate:
                var authenticate = new AuthenticateCommand(command.Message);
                ControlCommands.Authenticate(output, command.Id, authenticate.Secret, Joined(authenticate.Tags), authenticate.Extensions);
                break;
            case CommandKind.Ping: ControlCommands.Ping(output, command.Id); break;
            case CommandKind.Route: ControlCommands.Route(output, command.Id, new RouteCommand(command.Message).Verb); break;
            case CommandKind.RemoveRoute: ControlCommands.RemoveRoute(output, command.Id, new RouteCommand(command.Message).Verb); break;
            case CommandKind.NewRequest:
                ControlCommands.NewRequest(output, command.Id, command.Message.Sip, new NewRequestCommand(command.Message).RouteUrl);
                break;
            case CommandKind.DialogRequest:
                var request = new DialogRequestCommand(command.Message);
                Assert.True(request.TransactionId.IsEmpty);
                ControlCommands.DialogRequest(output, command.Id, request.DialogId, command.Message.Sip, request.For, request.Branch, request.Sequence);
                break;
            case CommandKind.Cancel:
                ControlCommands.Cancel(output, command.Id, new CancelCommand(command.Message).TransactionId, command.Message.Sip);
                break;
            case CommandKind.Response:
                ControlCommands.Respond(output, command.Id, new ResponseCommand(command.Message).TransactionId, command.Message.Sip);
                break;
            case CommandKind.Proxy:
                var proxy = new ProxyCommand(command.Message);
                var destinations = new List<string>();
                foreach (var destination in proxy.Destinations) destinations.Add(Wire.Text(destination));
                ControlCommands.Proxy(output, command.Id, proxy.TransactionId,
                    new(proxy.RemainInDialog, proxy.FullResponse, proxy.FollowRedirects, proxy.Simultaneous, proxy.ProvisionalTimeout, proxy.FinalTimeout),
                    Wire.Bytes(string.Join('|', destinations)), command.Message.Sip);
                break;
            case CommandKind.Session:
                var session = new SessionCommand(command.Message);
                ControlCommands.Session(output, command.Id, session.Key, session.Incarnation, Joined(session.Names), session.Blob);
                break;
            case CommandKind.Claim:
                var claim = new ClaimCommand(command.Message);
                ControlCommands.Claim(output, command.Id, claim.Key, claim.Incarnation);
                break;
            case CommandKind.Restore:
                var restore = new RestoreCommand(command.Message);
                ControlCommands.Restore(output, command.Id, restore.Key, restore.Incarnation, restore.DialogId, restore.State);
                break;
            case CommandKind.Unknown: ControlCommands.Unknown(output, command.Id, new UnknownCommand(command.Message).AskId); break;
            case CommandKind.Stray: ControlCommands.Stray(output, command.Id, new StrayCommand(command.Message).TransactionId); break;
            default:
                Assert.Fail("No command.");
                break;
        }
    }

    private static byte[] Joined(TokenList list)
    {
        var items = new List<string>();
        foreach (var item in list) items.Add(Wire.Text(item));
        return Wire.Bytes(string.Join(',', items));
    }
}
