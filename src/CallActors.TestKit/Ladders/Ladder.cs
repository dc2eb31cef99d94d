using System.Net;
using CallActors.Net;
using CallActors.Sip.Messages;

namespace CallActors.TestKit;

/// <summary>Every SIP message that was sent, in its order: the ladder diagram that a failed expectation shows, and a list to ask.</summary>
/// <remarks>It is drawn as it was sent; what was lost on the way is marked. Sequence numbers stand behind the methods.</remarks>
public sealed class Ladder
{
    private const int MostShown = 300;

    private readonly Dictionary<IPAddress, string> _names = [];
    private readonly List<string> _columns = [];
    private readonly List<(TimeSpan At, LadderMessage? Message, string Remark)> _lines = [];
    private readonly Dictionary<(NetAddress From, NetAddress To), Stream> _streams = [];
    private readonly VirtualTime _time;

    internal Ladder(VirtualTime time) => _time = time;

    /// <summary>Every message so far.</summary>
    public IEnumerable<LadderMessage> Messages => _lines.Select(line => line.Message).OfType<LadderMessage>();

    /// <summary>The requests of a method that were sent, repetitions included.</summary>
    public IEnumerable<LadderMessage> Requests(string method) => Messages.Where(message => message.Method == method);

    /// <summary>The responses with a status that were sent, repetitions included.</summary>
    public IEnumerable<LadderMessage> Responses(int status) => Messages.Where(message => message.Status == status);

    /// <summary>Writes a remark across the ladder.</summary>
    public void Remark(string text) => _lines.Add((_time.Now, null, text));

    /// <summary>The diagram.</summary>
    public override string ToString() => _lines.Count == 0 ? "(nothing was sent)\n" : LadderText.Draw(_columns, _lines, MostShown);

    /// <summary>Forgets every message.</summary>
    internal void Clear() => _lines.Clear();

    /// <summary>Gives an address a column.</summary>
    internal void Name(IPAddress address, string name, int column)
    {
        _names[address] = name;
        _columns.Insert(Math.Min(column, _columns.Count), name);
    }

    /// <summary>Adds what was sent between two addresses.</summary>
    internal void Add(NetAddress from, NetAddress to, NetProtocol protocol, ReadOnlySpan<byte> bytes, MemoryFate fate)
    {
        if (protocol == NetProtocol.Udp)
        {
            Add(from, to, protocol, bytes.ToArray(), fate);
            return;
        }

        if (!_streams.TryGetValue((from, to), out var stream)) _streams[(from, to)] = stream = new Stream();
        foreach (var message in stream.Take(bytes)) Add(from, to, protocol, message, fate);
    }

    private void Add(NetAddress from, NetAddress to, NetProtocol protocol, byte[] bytes, MemoryFate fate)
    {
        // Keep-alives between messages (RFC 5626) are no step of a ladder.
        if (bytes.AsSpan().TrimEnd("\r\n\0 "u8).IsEmpty) return;
        var message = SipParser.Parse(bytes) is { Status: SipParseStatus.Message } parsed ? parsed.Message : null;
        _lines.Add((_time.Now, new LadderMessage(_time.Now, NameOf(from), NameOf(to), protocol, fate, message, bytes), ""));
    }

    private string NameOf(NetAddress address)
    {
        if (_names.TryGetValue(address.Ip, out var name)) return name;
        Name(address.Ip, address.Host, _columns.Count);
        return address.Host;
    }

    private sealed class Stream
    {
        private readonly List<byte> _rest = [];

        public List<byte[]> Take(ReadOnlySpan<byte> bytes)
        {
            _rest.AddRange(bytes);
            byte[] all = [.. _rest];
            var framer = new SipStreamFramer(null);
            var (taken, at) = (new List<byte[]>(), 0);
            while (framer.Next(all.AsSpan(at)) is { Kind: SipFrameKind.Message or SipFrameKind.KeepAlive } frame)
            {
                if (frame.Kind == SipFrameKind.Message) taken.Add(all[at..(at + frame.Length)]);
                at += frame.Length;
            }

            _rest.RemoveRange(0, at);
            return taken;
        }
    }
}
