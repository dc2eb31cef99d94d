namespace CallActors.Chaos.Phones;

/// <summary>The transactions of one socket (RFC 3261 §17), with the timers of UDP: T1 500 ms, T2 4 s, 64·T1 32 s.</summary>
/// <param name="agenda">The thread's agenda.</param>
/// <param name="send">Sends a message to where it goes.</param>
internal sealed class Transactions(Agenda agenda, Action<string, System.Net.IPEndPoint> send)
{
    public const int T1 = 500;
    public const int T2 = 4000;
    public const int Limit = 64 * T1;

    private readonly Dictionary<string, Client> _clients = [];
    private readonly Dictionary<string, Server> _servers = [];

    /// <summary>Sends a request and repeats it until it is answered.</summary>
    /// <param name="branch">Its branch.</param>
    /// <param name="request">The request.</param>
    /// <param name="to">Where it goes.</param>
    /// <param name="isInvite">Whether it is an INVITE.</param>
    /// <param name="heard">Told of each response once; null when none came in time.</param>
    public void Begin(string branch, string request, System.Net.IPEndPoint to, bool isInvite, Action<SipText?> heard)
    {
        var client = new Client(heard);
        _clients.Add(branch, client);
        send(request, to);
        Repeat(T1);
        agenda.In(Limit, () =>
        {
            // An INVITE that rings may ring on (timer B ends with the first provisional response).
            if (client.IsOver || (isInvite && client.IsProceeding)) return;
            client.IsOver = true;
            _clients.Remove(branch);
            heard(null);
        });

        void Repeat(int after) => agenda.In(after, () =>
        {
            if (client.IsOver || (isInvite && client.IsProceeding)) return;
            send(request, to);
            Repeat(isInvite ? after * 2 : client.IsProceeding ? T2 : Math.Min(after * 2, T2));
        });
    }

    /// <summary>Takes a response; one that is repeated, or nobody waits for, is dropped. An INVITE's 200 that is repeated is told again.</summary>
    public void Receive(SipText response)
    {
        var branch = response.Branch;
        if (!_clients.TryGetValue(branch, out var client)) return;
        if (response.Status < 200)
        {
            client.IsProceeding = true;
            client.Heard(response);
            return;
        }
        var isInvite = response.Sequence.Method == "INVITE";
        if (client.IsOver && !isInvite) return;
        if (!client.IsOver) agenda.In(Limit, () => _clients.Remove(branch));
        client.IsOver = true;
        client.Heard(response);
    }

    /// <summary>Whether a request is new; one that is repeated gets the same response again.</summary>
    public bool IsNew(SipText request)
    {
        var key = request.Branch + request.Method;
        if (_servers.TryGetValue(key, out var known))
        {
            if (known.Response is { } response) send(response, known.From!);
            return false;
        }
        _servers.Add(key, new Server());
        agenda.In(Limit, () => _servers.Remove(key));
        return true;
    }

    /// <summary>Answers a request; what is repeated gets the same.</summary>
    public void Respond(SipText request, string response, System.Net.IPEndPoint to)
    {
        if (_servers.TryGetValue(request.Branch + request.Method, out var known)) (known.Response, known.From) = (response, to);
        send(response, to);
    }

    private sealed class Client(Action<SipText?> heard)
    {
        public Action<SipText?> Heard => heard;

        public bool IsProceeding { get; set; }

        public bool IsOver { get; set; }
    }

    private sealed class Server
    {
        public string? Response { get; set; }

        public System.Net.IPEndPoint? From { get; set; }
    }
}
