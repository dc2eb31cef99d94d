using System.Globalization;
using System.Net;
using System.Text;
using CallActors.Net;
using CallActors.Sip.Messages;
using CallActors.Sip.Transactions;

namespace CallActors.Simulation.Peers;

/// <summary>One address with a SIP stack of machines and any number of calls: a house full of phones.</summary>
internal sealed class Phone : IDatagramReceiver, IStreamReceiver
{
    private readonly Dictionary<TransactionKey, ClientTransaction> _clients = new(TransactionKeyComparer.Instance);
    private readonly Dictionary<TransactionKey, ServerTransaction> _servers = new(TransactionKeyComparer.Instance);
    private readonly Dictionary<string, Leg> _legs = [];
    private readonly IDatagramSocket? _socket;
    private IStreamConnection? _connection;
    private int _branches;

    private Phone(World world, string address, IDatagramSocket? socket) => (World, HostPort, _socket) = (world, address, socket);

    private Phone(World world, IPAddress address)
    {
        World = world;
        HostPort = $"{address}:5060";
        _socket = world.Network.OpenDatagram(new IPEndPoint(address, 5060), DatagramOptions.Default with { OnFault = e => world.Faults.Add(e.ToString()) }, this);
    }

    public World World { get; }

    /// <summary>Where it is.</summary>
    public string HostPort { get; private set; }

    /// <summary>Whether it speaks over a stream, the one that it opened or the one that the server opened to it.</summary>
    public bool IsReliable => _socket is null;

    /// <summary>The protocol as Via names it.</summary>
    public string Protocol => IsReliable ? "TCP" : "UDP";

    /// <summary>What follows the user in a URI that leads to it.</summary>
    public string Place => HostPort + (IsReliable ? ";transport=tcp" : "");

    /// <summary>What to do with a call or a subscription that comes in.</summary>
    public Action<ServerTransaction>? Called { get; set; }

    /// <summary>How many transactions live.</summary>
    public int Transactions => _clients.Count + _servers.Count;

    public void Add(Leg leg) => _legs[leg.CallId] = leg;

    /// <summary>One that speaks UDP.</summary>
    public static Phone OverUdp(World world, string address) => new(world, IPAddress.Parse(address));

    /// <summary>One that has a connection to the server.</summary>
    public static Phone OverTcp(World world, string address)
    {
        var phone = new Phone(world, address, null);
        phone._connection = world.Network.At(IPAddress.Parse(address)).ConnectAsync(World.ServerSip, NetProtocol.Tcp, StreamOptions.Default, _ => phone).GetAwaiter().GetResult();
        phone.HostPort = phone._connection.Local.ToString();
        return phone;
    }

    /// <summary>One that waits for the server to connect.</summary>
    public static Phone ListeningOnTcp(World world, string address)
    {
        var phone = new Phone(world, address + ":5060", null);
        _ = world.Network.At(IPAddress.Parse(address)).ListenAsync(new IPEndPoint(IPAddress.Parse(address), 5060), NetProtocol.Tcp, StreamOptions.Default, connection =>
        {
            phone._connection = connection;
            return phone;
        }).GetAwaiter().GetResult();
        return phone;
    }

    public void Send(SipMessage message)
    {
        if (_socket is not null)
        {
            _socket.Send(message.Bytes, World.ServerSip);
            return;
        }

        _connection!.Write(message.Bytes);
        _connection.Flush();
    }

    public string NewBranch() => "z9hG4bK" + World.Seed.ToString("x", CultureInfo.InvariantCulture) + HostPort.Replace(":", "-", StringComparison.Ordinal) + (++_branches).ToString("x", CultureInfo.InvariantCulture);

    public ClientTransaction Begin(SipRequest request, Action<SipResponse> heard, Action<TransactionOutcome>? over = null)
    {
        var transaction = new ClientTransaction(this, request, heard, over);
        _clients.Add(transaction.Key, transaction);
        transaction.Start();
        return transaction;
    }

    public void Forget(ClientTransaction transaction) => _clients.Remove(transaction.Key);

    public void Forget(ServerTransaction transaction) => _servers.Remove(transaction.Key);

    public void OnDatagram(IDatagramSocket socket, ReadOnlySpan<byte> datagram, NetAddress source) =>
        Received(SipParser.Parse(datagram, new ViaStamp(source.HostUtf8, source.Port)), datagram);

    public int OnBytes(ReadOnlySpan<byte> buffered)
    {
        var consumed = 0;
        while (consumed < buffered.Length)
        {
            var parsed = SipParser.Parse(buffered[consumed..], new ViaStamp(World.ServerSip.HostUtf8, World.ServerSip.Port), isStream: true);
            if (parsed.Status == SipParseStatus.NeedMore) break;
            Received(parsed, buffered[consumed..]);
            if (parsed.Status != SipParseStatus.Message) return buffered.Length;
            consumed += parsed.Consumed;
        }

        return consumed;
    }

    public void OnBatchEnd(IDatagramSocket socket)
    {
    }

    public void OnBatchEnd()
    {
    }

    public void OnClosed(string? reason) => World.Faults.Add($"the connection of {HostPort} is closed: {reason}");

    private void Received(in SipParseResult parsed, ReadOnlySpan<byte> bytes)
    {
        switch (parsed)
        {
            case { Status: SipParseStatus.Message, Message: SipResponse response }: Received(response); break;
            case { Status: SipParseStatus.Message, Message: SipRequest request }: Received(request); break;
            default: World.Faults.Add($"the server sent what cannot be read: {parsed.Error}\n{Encoding.UTF8.GetString(bytes)}"); break;
        }
    }

    private void Received(SipResponse response)
    {
        // A response to a request whose transaction is over is a stray of the network's: nobody minds.
        if (_clients.TryGetValue(TransactionKeyOf(response), out var transaction)) transaction.Receive(response);
    }

    private void Received(SipRequest request)
    {
        var leg = _legs.GetValueOrDefault(Encoding.ASCII.GetString(request.CallId));
        if (leg is { IsDead: true }) return;
        var key = TransactionKey.ForServer(request);
        if (_servers.TryGetValue(key, out var known))
        {
            known.Repeated(request);
            return;
        }

        if (request.Method == SipMethod.Ack)
        {
            leg?.Acknowledged(request);
            return;
        }

        var transaction = new ServerTransaction(this, request);
        _servers.Add(key, transaction);
        transaction.Start();
        if (request.Method == SipMethod.Cancel) Cancelled(transaction, leg);
        else if (leg is not null && request.ToTag.Length > 0) leg.Asked(transaction);
        else if (request.Method is SipMethod.Invite or SipMethod.Subscribe && request.ToTag.IsEmpty && leg is null) Called?.Invoke(transaction);
        else transaction.Respond(request.RespondTo(481, default, "nobody"u8));
    }

    private static void Cancelled(ServerTransaction cancel, Leg? leg)
    {
        var isKnown = leg?.Cancelled(cancel.Request) ?? false;
        cancel.Respond(cancel.Request.RespondTo(isKnown ? 200 : 481, default, leg is null ? "nobody"u8 : Encoding.ASCII.GetBytes(leg.Tag)));
    }

    private static TransactionKey TransactionKeyOf(SipResponse response) => TransactionLookup.ForClient(response).ToKey();
}
