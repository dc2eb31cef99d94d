using System.Globalization;
using System.Net;
using System.Text;
using CallActors.Net;
using CallActors.Sip.Messages;

namespace CallActors.TestKit;

/// <summary>
/// A SIP phone that does what a script says and nothing else, but for what transactions do by themselves: repeat, acknowledge rejections, answer an
/// INVITE with 100. Every step is complete when it returns; steps that expect something let time pass until it comes.
/// </summary>
public sealed class Phone : IScripted
{
    private readonly Queue<ReceivedRequest> _unread = [];
    private readonly SipMessageBuilder _builder = new();
    private int _names;

    internal Phone(TestNet net, string name, IPAddress address, NetProtocol protocol)
    {
        (Net, Name, Protocol) = (net, name, protocol);
        Exchanges = new Exchanges(this);
        Line = new PhoneLine(net.Network.At(address), address, Exchanges.Arrived, (bytes, hop) => throw net.Fault($"{name} was sent what cannot be read by {hop.Address}:\n{Encoding.UTF8.GetString(bytes)}"));
        Sdp = new PhoneSdp { Address = address.ToString() };
        Challenger = new Challenger(this);
    }

    /// <summary>Its name: its column in the ladder and the user part of its URIs.</summary>
    public string Name { get; }

    /// <summary>The net it is on.</summary>
    public TestNet Net { get; }

    /// <summary>What it sends its requests over.</summary>
    public NetProtocol Protocol { get; }

    /// <summary>Where it listens.</summary>
    public NetAddress Address => Line.Local;

    /// <summary>Where it is reached: what its Contact says.</summary>
    public string Uri => $"sip:{Name}@{Address}{(Protocol == NetProtocol.Udp ? "" : ";transport=" + Protocol.ToString().ToLowerInvariant())}";

    /// <summary>What it calls itself, without a tag.</summary>
    public string From => $"<sip:{Name}@{Net.Sip.Host}>";

    /// <summary>What it describes unless a script says otherwise: one audio line, both ways.</summary>
    public PhoneSdp Sdp { get; set; }

    /// <summary>Whether it answers an INVITE with 100 by itself.</summary>
    public bool SendsTrying { get; set; } = true;

    /// <summary>Whether it acknowledges rejections by itself, as transactions do.</summary>
    public bool AcksRejections { get; set; } = true;

    /// <summary>Messages that belong to nothing the phone knows.</summary>
    public IList<SipMessage> Strays { get; } = [];

    /// <summary>How many transactions live.</summary>
    public int Transactions => Exchanges.Count;

    internal PhoneLine Line { get; }

    internal Exchanges Exchanges { get; }

    internal Challenger Challenger { get; }

    internal Hop ToServer => new(Net.Sip, Protocol);

    /// <summary>Calls somebody.</summary>
    /// <param name="who">A user at the server, or a whole URI.</param>
    /// <param name="body">The offer; null for <see cref="Sdp"/>, <see cref="PhoneBody.None"/> for none.</param>
    /// <param name="headers">More fields, or other values for those the phone writes; a null value leaves a field out.</param>
    public PlacedCall Invites(string who, PhoneBody? body = null, (string Name, string? Value)[]? headers = null) =>
        new(this, UriOf(who), body ?? Sdp, headers);

    /// <summary>Expects a call.</summary>
    public OfferedCall ReceivesInvite() => new(this, (ReceivedInvite)Receives("INVITE"));

    /// <summary>Asks to be told of an event package's state (RFC 6665).</summary>
    /// <param name="who">A user at the server, or a whole URI.</param>
    /// <param name="package">The event package.</param>
    /// <param name="expires">Seconds.</param>
    /// <param name="headers">More fields, or other values for those the phone writes.</param>
    public PlacedSubscription Subscribes(string who, string package = "presence", int expires = 3600, (string Name, string? Value)[]? headers = null) =>
        new(this, UriOf(who), package, expires, headers);

    /// <summary>Expects to be subscribed to.</summary>
    public OfferedSubscription ReceivesSubscribe() => new(Receives("SUBSCRIBE"));

    /// <summary>Sends a request outside any dialog.</summary>
    /// <param name="method">Its method.</param>
    /// <param name="who">A user at the server, or a whole URI.</param>
    /// <param name="body">Its body.</param>
    /// <param name="headers">More fields, or other values for those the phone writes; a null value leaves a field out.</param>
    public SentRequest Sends(string method, string who, PhoneBody? body = null, (string Name, string? Value)[]? headers = null) =>
        SentRequest.Outside(this, method, UriOf(who), $"<{UriOf(who)}>", body, headers);

    /// <summary>Expects a request outside any dialog: the next one must be of this method.</summary>
    public ReceivedRequest Receives(string method)
    {
        if (!Net.Holds(() => _unread.Count > 0)) throw Net.Fault($"{Name} expected {method}, but nothing came within {Net.Options.Patience.TotalSeconds:0.#} s.");
        var request = _unread.Dequeue();
        return request.Method == method ? request : throw Net.Fault($"{Name} expected {method}, got {request.Method} {request.Request.CSeq}.");
    }

    /// <summary>Expects that nobody asks anything of it outside dialogs.</summary>
    public Phone ReceivesNothing(TimeSpan during)
    {
        if (Net.Holds(() => _unread.Count > 0, during)) throw Net.Fault($"{Name} expected nothing for {during.TotalSeconds:0.###} s, got {_unread.Peek().Method}.");
        return this;
    }

    /// <summary>Registers at the server and expects 200; answers the challenge when there is one and a password was given.</summary>
    /// <param name="password">The password; null for none.</param>
    /// <param name="expires">Seconds; 0 takes the registration away.</param>
    /// <param name="user">The user that the password is of; null for the phone's name.</param>
    /// <param name="headers">More fields, or other values for those the phone writes.</param>
    public SentRequest Registers(string? password = null, int expires = 3600, string? user = null, (string Name, string? Value)[]? headers = null)
    {
        (string, string?)[] fields = [("Expires", expires.ToString(CultureInfo.InvariantCulture)), .. headers ?? []];
        var register = SentRequest.Outside(this, "REGISTER", $"sip:{Net.Sip.Host}", From, null, fields);
        if (password is not null && register.PeeksFinal() is 401 or 407) register = register.AnswersChallenge(password, user);
        return register.Receives(200);
    }

    /// <summary>Sends bytes as they are to the server; whatever comes back is among the <see cref="Strays"/>.</summary>
    public Phone SendsRaw(string message)
    {
        Line.Send(Encoding.UTF8.GetBytes(message), ToServer);
        return this;
    }

    /// <summary>Expects a message that belongs to nothing it knows, such as the response to <see cref="SendsRaw"/>.</summary>
    public SipMessage ReceivesStray()
    {
        if (!Net.Holds(() => Strays.Count > 0)) throw Net.Fault($"{Name} expected any message, but nothing came.");
        var stray = Strays[0];
        Strays.RemoveAt(0);
        return stray;
    }

    /// <summary>Loses what it sends next, named as on the ladder's arrows: <c>200 INVITE</c>, <c>ACK</c>.</summary>
    public void LosesSent(string label, int times = 1) => Net.Loses(Address, null, label, times);

    /// <summary>Loses what is sent to it next.</summary>
    public void LosesReceived(string label, int times = 1) => Net.Loses(null, Address, label, times);

    /// <summary>Gives the link between it and the server options of its own, both ways.</summary>
    public void IsLinkedBy(LinkOptions link)
    {
        Net.Network.SetLink(Address.Ip, Net.Sip.Ip, link);
        Net.Network.SetLink(Net.Sip.Ip, Address.Ip, link);
    }

    /// <summary>Its name.</summary>
    public override string ToString() => Name;

    /// <summary>Whether a request outside dialogs waits to be expected.</summary>
    internal bool HasNews => _unread.Count > 0;

    internal void Take(ReceivedRequest request) => _unread.Enqueue(request);

    /// <summary>A name that nobody else has: names are a function of the phone and of how many it made, so runs are the same.</summary>
    internal string NewName(string kind) => string.Create(CultureInfo.InvariantCulture, $"{kind}-{Name}-{Net.Options.Seed}-{++_names}");

    /// <summary>The builder with the request line of a new request.</summary>
    internal SipMessageBuilder Begin(string method, string uri) => Route(_builder.Request(Encoding.UTF8.GetBytes(method), Encoding.UTF8.GetBytes(uri)), ToServer);

    /// <summary>The builder, for those who begin by themselves.</summary>
    internal SipMessageBuilder Builder => _builder;

    /// <summary>Writes the fields of the transport.</summary>
    internal SipMessageBuilder Route(SipMessageBuilder builder, Hop hop) => builder
        .Field("Via", $"SIP/2.0/{hop.Protocol.ToString().ToUpperInvariant()} {Address};branch={NewName("z9hG4bK")};rport")
        .Field("Max-Forwards", "70");

    /// <summary>Where a URI leads: its own host when that is an address, else the server.</summary>
    internal Hop HopTo(ReadOnlySpan<byte> uri)
    {
        if (!Sip.Headers.SipUriView.TryParse(uri, out var view) || !IPAddress.TryParse(Encoding.ASCII.GetString(view.Host), out var address)) return ToServer;
        var protocol = System.Text.Ascii.EqualsIgnoreCase(view.Transport, "tcp"u8) ? NetProtocol.Tcp : NetProtocol.Udp;
        return new Hop(NetAddress.Of(address, view.Port is > 0 and var port ? port : Net.Sip.Port), protocol);
    }

    private string UriOf(string who) => who.Contains(':', StringComparison.Ordinal) ? who : $"sip:{who}@{Net.Sip.Host}";
}
