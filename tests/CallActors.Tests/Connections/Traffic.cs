using System.Text;
using CallActors.Connections;
using CallActors.Control.Events;
using CallActors.Control.Replies;

namespace CallActors.Tests.Connections;

/// <summary>Remembers what connections tell it, a line each.</summary>
internal sealed class Traffic : IControlTraffic
{
    private readonly List<string> _lines = [];

    public List<ServerConnection> Ups { get; } = [];

    /// <summary>What is done with a SIP event, besides noting it.</summary>
    public Action<ServerConnection, string>? OnSipText { get; init; }

    public IReadOnlyList<string> Lines
    {
        get
        {
            lock (_lines) return [.. _lines];
        }
    }

    public void OnUp(ServerConnection connection, ServerUp up)
    {
        lock (_lines) Ups.Add(connection);
        Note($"up {connection.Server} {up.Version}");
    }

    public void OnSip(ServerConnection connection, in SipEvent sip)
    {
        var text = Encoding.UTF8.GetString(sip.Sip);
        Note("sip " + text.Split("\r\n")[0]);
        OnSipText?.Invoke(connection, text);
    }

    public void OnReply(ServerConnection connection, in ControlReply reply) => Note($"reply {Encoding.UTF8.GetString(reply.CommandId)} {reply.Verdict}");

    public void OnCdr(ServerConnection connection, in CdrEvent cdr) => Note("cdr " + Encoding.UTF8.GetString(cdr.Message.Type));

    public void OnAdopt(ServerConnection connection, in AdoptEvent adopt) => Note("adopt " + Encoding.UTF8.GetString(adopt.Key));

    public void OnState(ServerConnection connection, in StateEvent state) => Note("state " + Encoding.UTF8.GetString(state.Key));

    public void OnGone(ServerConnection connection, in GoneEvent gone) => Note($"gone {Encoding.UTF8.GetString(gone.Node)} {gone.How}");

    public void OnAsk(ServerConnection connection, in AskEvent ask) => Note("ask " + Encoding.UTF8.GetString(ask.CallId));

    public void OnLost(ServerConnection connection, string reason) => Note($"lost {connection.Server} {connection.Write("5#x|png"u8)} {reason}");

    private void Note(string line)
    {
        lock (_lines) _lines.Add(line);
    }
}
