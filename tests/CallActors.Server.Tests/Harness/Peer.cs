using System.Net;
using System.Text;
using CallActors.Net;
using CallActors.Simulation.Peers;
using CallActors.Sip.Messages;

namespace CallActors.Server.Tests.Harness;

/// <summary>A SIP peer that says what it is told to, byte for byte, and keeps what it hears. No transactions: repetitions show.</summary>
internal sealed class Peer : IDatagramReceiver, IStreamReceiver
{
    private readonly IDatagramSocket? _socket;
    private IStreamConnection? _connection;

    public Peer(World world, string address, int port = 5060, bool overTcp = false)
    {
        var ip = IPAddress.Parse(address);
        if (overTcp) _connection = world.Network.At(ip).ConnectAsync(World.ServerSip, NetProtocol.Tcp, StreamOptions.Default, _ => this).GetAwaiter().GetResult();
        else _socket = world.Network.OpenDatagram(new IPEndPoint(ip, port), DatagramOptions.Default, this);
        HostPort = overTcp ? _connection!.Local.ToString() : $"{address}:{port}";
        Via = $"SIP/2.0/{(overTcp ? "TCP" : "UDP")} {HostPort}";
    }

    private Peer(string hostPort)
    {
        HostPort = hostPort;
        Via = $"SIP/2.0/TCP {HostPort}";
    }

    /// <summary>One that waits for the server to dial it.</summary>
    public static Peer Listening(World world, string address, int port)
    {
        var peer = new Peer($"{address}:{port}");
        world.Network.At(IPAddress.Parse(address)).ListenAsync(
            new IPEndPoint(IPAddress.Parse(address), port), NetProtocol.Tcp, StreamOptions.Default,
            connection =>
            {
                peer._connection = connection;
                return peer;
            }).GetAwaiter().GetResult();
        return peer;
    }

    public string HostPort { get; }

    /// <summary>The beginning of its Via.</summary>
    public string Via { get; }

    /// <summary>What it heard and nobody has looked at.</summary>
    public List<SipMessage> Heard { get; } = [];

    public void Send(string message) => Send(Encoding.UTF8.GetBytes(message));

    public void Send(ReadOnlySpan<byte> message)
    {
        if (_connection is null)
        {
            _socket!.Send(message, World.ServerSip);
            return;
        }

        _connection.Write(message);
        _connection.Flush();
    }

    public void Leave() => _connection!.Close("The peer leaves");

    /// <summary>A request of its own.</summary>
    public string Ask(string method, string callId, int cseq = 1, string? branch = null, string toTag = "", string headers = "", string body = "", string fromTag = "far", string contact = "")
    {
        if (contact.Length == 0) contact = $"<sip:far@{HostPort}>";
        return $"{method} sip:near@10.0.0.9:5060 SIP/2.0\r\nVia: {Via};branch={branch ?? $"z9hG4bK{callId}{cseq}{method}"}\r\nMax-Forwards: 70\r\n"
            + $"From: <sip:far@{HostPort}>;tag={fromTag}\r\nTo: <sip:near@10.0.0.9>{(toTag.Length == 0 ? "" : ";tag=" + toTag)}\r\nCall-ID: {callId}\r\nCSeq: {cseq} {method}\r\n"
            + $"Contact: {contact}\r\n{headers}{Text.End(body)}";
    }

    /// <summary>Its answer to a request.</summary>
    public void Answer(SipRequest request, int status, string tag = "far", string headers = "", string body = "")
    {
        var builder = new SipMessageBuilder().BeginResponse(request, status, default, Encoding.ASCII.GetBytes(tag));
        var text = Encoding.UTF8.GetString(builder.ToResponse().Bytes).Replace("Content-Length: 0\r\n\r\n", "", StringComparison.Ordinal);
        var contact = status is > 100 and < 300 ? $"Contact: <sip:far@{HostPort}>\r\n" : "";
        Send(text + contact + headers + Text.End(body));
    }

    public void OnDatagram(IDatagramSocket socket, ReadOnlySpan<byte> datagram, NetAddress source) => Heard.Add(SipParser.Parse(datagram).Message!);

    public void OnBatchEnd(IDatagramSocket socket)
    {
    }

    public int OnBytes(ReadOnlySpan<byte> buffered)
    {
        var parsed = SipParser.Parse(buffered, isStream: true);
        if (parsed.Message is null) return 0;
        Heard.Add(parsed.Message);
        return parsed.Consumed + (parsed.Consumed < buffered.Length ? OnBytes(buffered[parsed.Consumed..]) : 0);
    }

    public void OnBatchEnd()
    {
    }

    public void OnClosed(string? reason)
    {
    }
}
