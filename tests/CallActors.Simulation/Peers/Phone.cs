using System.Globalization;
using System.Net;
using System.Text;
using CallActors.Net;
using CallActors.Sip.Messages;
using CallActors.Sip.Transactions;

namespace CallActors.Simulation.Peers;

/// <summary>One address with a SIP stack of machines and any number of calls: a house full of phones.</summary>
internal sealed class Phone : IDatagramReceiver
{
    private readonly Dictionary<TransactionKey, ClientTransaction> _clients = new(TransactionKeyComparer.Instance);
    private readonly Dictionary<TransactionKey, ServerTransaction> _servers = new(TransactionKeyComparer.Instance);
    private readonly Dictionary<string, Leg> _legs = [];
    private readonly IDatagramSocket _socket;
    private int _branches;

    public Phone(World world, IPAddress address)
    {
        World = world;
        _socket = world.Network.OpenDatagram(new IPEndPoint(address, 5060), DatagramOptions.Default with { OnFault = e => world.Faults.Add(e.ToString()) }, this);
        HostPort = $"{address}:5060";
    }

    public World World { get; }

    public string HostPort { get; }

    /// <summary>What to do with a call that comes in.</summary>
    public Action<ServerTransaction>? Called { get; set; }

    /// <summary>How many transactions live.</summary>
    public int Transactions => _clients.Count + _servers.Count;

    public void Add(Leg leg) => _legs[leg.CallId] = leg;

    public void Send(SipMessage message) => _socket.Send(message.Bytes, World.ServerSip);

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

    public void OnDatagram(IDatagramSocket socket, ReadOnlySpan<byte> datagram, NetAddress source)
    {
        var parsed = SipParser.Parse(datagram, new ViaStamp(source.HostUtf8, source.Port));
        switch (parsed)
        {
            case { Status: SipParseStatus.Message, Message: SipResponse response }: Received(response); break;
            case { Status: SipParseStatus.Message, Message: SipRequest request }: Received(request); break;
            default: World.Faults.Add($"the server sent what cannot be read: {parsed.Error}\n{Encoding.UTF8.GetString(datagram)}"); break;
        }
    }

    public void OnBatchEnd(IDatagramSocket socket)
    {
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
        else if (request.Method == SipMethod.Invite && request.ToTag.IsEmpty && leg is null) Called?.Invoke(transaction);
        else transaction.Respond(request.RespondTo(481, default, "nobody"u8));
    }

    private static void Cancelled(ServerTransaction cancel, Leg? leg)
    {
        var isKnown = leg?.Cancelled(cancel.Request) ?? false;
        cancel.Respond(cancel.Request.RespondTo(isKnown ? 200 : 481, default, leg is null ? "nobody"u8 : Encoding.ASCII.GetBytes(leg.Tag)));
    }

    private static TransactionKey TransactionKeyOf(SipResponse response) => TransactionLookup.ForClient(response).ToKey();
}
