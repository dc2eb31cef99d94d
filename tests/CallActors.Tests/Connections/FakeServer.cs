using System.Buffers;
using System.Text;
using CallActors.Control;
using CallActors.Control.Replies;
using CallActors.Net;

namespace CallActors.Tests.Connections;

/// <summary>A server that is told how to behave, and keeps what it hears: the frames, connection by connection.</summary>
internal sealed class FakeServer
{
    public string Secret { get; set; } = "cymru";

    public string Version { get; init; } = "v0.9.10";

    public bool AnswersAuthenticate { get; set; } = true;

    public bool AnswersPings { get; set; } = true;

    public bool AnswersRoutes { get; set; } = true;

    /// <summary>What is said before the answer to the secret.</summary>
    public string? Early { get; init; }

    public List<Session> Sessions { get; } = [];

    public Session Last => Sessions[^1];

    public IStreamReceiver Accept(IStreamConnection connection)
    {
        var session = new Session(this, connection);
        Sessions.Add(session);
        return session;
    }

    /// <summary>One connection.</summary>
    internal sealed class Session(FakeServer server, IStreamConnection connection) : IStreamReceiver
    {
        private readonly ArrayBufferWriter<byte> _out = new();
        private ControlFramer _framer = new(ControlFramer.DefaultMaxPayload);

        public IStreamConnection Connection { get; } = connection;

        /// <summary>The meta-lines, without their ids.</summary>
        public List<string> Frames { get; } = [];

        public List<string> Routes => [.. Frames.Where(frame => frame.StartsWith("route|", StringComparison.Ordinal))];

        public int Pings => Frames.Count(frame => frame == "ping");

        public string? End { get; private set; }

        public bool IsEnded { get; private set; }

        public void Say(string payload)
        {
            ControlFrameWriter.Write(_out, Encoding.UTF8.GetBytes(payload));
            Send();
        }

        public void SayRaw(string bytes)
        {
            Connection.Write(Encoding.UTF8.GetBytes(bytes));
            Connection.Flush();
        }

        public int OnBytes(ReadOnlySpan<byte> buffered)
        {
            var consumed = 0;
            while (_framer.Next(buffered[consumed..]) is { Status: ControlFrameStatus.Frame } frame)
            {
                Take(new ControlMessage(frame.Payload(buffered[consumed..])));
                consumed += frame.Consumed;
            }

            return consumed;
        }

        public void OnBatchEnd() => Connection.Flush();

        public void OnClosed(string? reason) => (End, IsEnded) = (reason, true);

        private void Take(ControlMessage message)
        {
            Frames.Add(Encoding.UTF8.GetString(message.TokensFrom(1)));
            switch (Encoding.UTF8.GetString(message.Type))
            {
                case "authenticate" when server.AnswersAuthenticate:
                    if (server.Early is { } early) Say(early);
                    if (Encoding.UTF8.GetString(message.Token(2)) == server.Secret)
                    {
                        ControlReplies.Authenticated(_out, "s1"u8, message.Id, "udp/1.2.3.4:5060,tcp/1.2.3.4:5060"u8, Encoding.UTF8.GetBytes(server.Version), "udp/10.0.0.9:5060"u8);
                    }
                    else
                    {
                        ControlReplies.No(_out, "s1"u8, message.Id, "incorrect secret"u8);
                        Send();
                        Connection.Close("incorrect secret");
                    }

                    break;
                case "ping" when server.AnswersPings: ControlReplies.Pong(_out, "s2"u8, message.Id); break;
                case "route" or "remove_route" when server.AnswersRoutes: ControlReplies.Ok(_out, "s3"u8, message.Id); break;
            }

            Send();
        }

        private void Send()
        {
            Connection.Write(_out.WrittenSpan);
            _out.Clear();
            Connection.Flush();
        }
    }
}
