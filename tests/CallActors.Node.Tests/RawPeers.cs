using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace CallActors.Node.Tests;

/// <summary>A caller that knows one datagram at a time.</summary>
internal sealed class RawCaller : IDisposable
{
    private readonly UdpClient _socket = new(new IPEndPoint(IPAddress.Loopback, 0));
    private readonly IPEndPoint _server;

    public RawCaller(IPEndPoint server)
    {
        _server = server;
        _socket.Client.ReceiveTimeout = 10_000;
    }

    /// <summary>Where responses come to, as the server's trace names it.</summary>
    public int Port => ((IPEndPoint)_socket.Client.LocalEndPoint!).Port;

    public string Send(string method, string callId)
    {
        var text = $"{method} sip:service@{_server} SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:{Port};branch=z9hG4bK{callId}\r\nMax-Forwards: 70\r\nFrom: <sip:a@127.0.0.1>;tag=a\r\n" +
                   $"To: <sip:service@127.0.0.1>\r\nCall-ID: {callId}\r\nCSeq: 1 {method}\r\nContact: <sip:a@127.0.0.1:{Port}>\r\nContent-Length: 0\r\n\r\n";
        _socket.Send(Encoding.UTF8.GetBytes(text), _server);
        return text;
    }

    public string Receive()
    {
        var from = new IPEndPoint(IPAddress.Any, 0);
        return Encoding.UTF8.GetString(_socket.Receive(ref from));
    }

    /// <summary>The first response that is not 100 Trying.</summary>
    public string ReceiveFinal()
    {
        while (true)
        {
            var response = Receive();
            if (!response.StartsWith("SIP/2.0 1", StringComparison.Ordinal)) return response;
        }
    }

    public void Dispose() => _socket.Dispose();
}

/// <summary>An application that knows one frame at a time.</summary>
internal sealed class RawApplication : IDisposable
{
    private readonly TcpClient _client = new();
    private readonly Stream _stream;

    public RawApplication(IPEndPoint server)
    {
        _client.Connect(server);
        _client.ReceiveTimeout = 10_000;
        _stream = _client.GetStream();
    }

    public void Send(string payload) =>
        _stream.Write(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{Encoding.UTF8.GetByteCount(payload)}#{payload}")));

    public string Receive()
    {
        var length = 0;
        for (int digit; (digit = _stream.ReadByte()) != '#';) length = length * 10 + (digit >= 0 ? digit - '0' : throw new EndOfStreamException());
        var payload = new byte[length];
        _stream.ReadExactly(payload);
        return Encoding.UTF8.GetString(payload);
    }

    /// <summary>Authenticates and asks for INVITEs.</summary>
    public RawApplication Register(string secret)
    {
        Send($"1|authenticate|{secret}|");
        Assert.Contains("|response|1|OK|", Receive(), StringComparison.Ordinal);
        Send("2|route|invite");
        Assert.Contains("|response|2|OK", Receive(), StringComparison.Ordinal);
        return this;
    }

    public void Dispose() => _client.Dispose();
}
