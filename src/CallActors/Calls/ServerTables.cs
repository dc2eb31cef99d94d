using System.Buffers.Text;
using CallActors.Sip;

namespace CallActors.Calls;

/// <summary>Which call a frame of one signalling server belongs to. Dialogs outlive the connection, commands and transactions do not.</summary>
internal sealed class ServerTables(string server)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<long, (CallKey Call, ICommand Command)> _commands = [];
    private readonly Dictionary<Octets, (CallKey Call, ICommand? Command)> _transactions = new(OctetsComparer.Instance);
    private readonly Dictionary<Octets, CallKey> _dialogs = new(OctetsComparer.Instance);
    private long _lastId;

    /// <summary>The server's configured name.</summary>
    public string Server { get; } = server;

    /// <summary>How many entries there are: commands without reply, transactions, dialogs.</summary>
    public (int Commands, int Transactions, int Dialogs) Count
    {
        get
        {
            lock (_gate) return (_commands.Count, _transactions.Count, _dialogs.Count);
        }
    }

    /// <summary>An id for a command whose reply nobody wants.</summary>
    public long NextId() => Interlocked.Increment(ref _lastId);

    /// <summary>Remembers a command until its reply.</summary>
    public long Remember(CallKey call, ICommand command)
    {
        lock (_gate)
        {
            _commands.Add(++_lastId, (call, command));
            return _lastId;
        }
    }

    /// <summary>The command that a reply answers.</summary>
    /// <param name="id">Token 2 of the reply.</param>
    /// <param name="keep">Whether more replies to it will come.</param>
    /// <param name="entry">The command and its call.</param>
    public bool TryCommand(ReadOnlySpan<byte> id, bool keep, out (CallKey Call, ICommand Command) entry)
    {
        entry = default;
        if (!Utf8Parser.TryParse(id, out long number, out var read) || read != id.Length) return false;
        lock (_gate) return keep ? _commands.TryGetValue(number, out entry) : _commands.Remove(number, out entry);
    }

    /// <summary>Responses of this transaction belong to a command; a CANCEL of it to its call.</summary>
    public void AddTransaction(Octets id, CallKey call, ICommand? command)
    {
        lock (_gate) _transactions[id] = (call, command);
    }

    public bool TryTransaction(ReadOnlySpan<byte> id, out (CallKey Call, ICommand? Command) entry)
    {
        lock (_gate) return _transactions.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(id, out entry);
    }

    public void RemoveTransaction(Octets id)
    {
        if (id.IsEmpty) return;
        lock (_gate) _transactions.Remove(id);
    }

    public void AddDialog(Octets id, CallKey call)
    {
        lock (_gate) _dialogs[id] = call;
    }

    public bool TryDialog(ReadOnlySpan<byte> id, out CallKey call)
    {
        lock (_gate) return _dialogs.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(id, out call);
    }

    public void RemoveDialog(Octets id)
    {
        if (id.IsEmpty) return;
        lock (_gate) _dialogs.Remove(id);
    }

    /// <summary>The connection is lost: every command and transaction is over. Dialogs stay.</summary>
    /// <returns>What was under way, and the calls that have dialogs here.</returns>
    public (List<(CallKey Call, ICommand Command)> Commands, HashSet<CallKey> Calls) Lose()
    {
        lock (_gate)
        {
            List<(CallKey, ICommand)> commands = [.. _commands.Values];
            HashSet<CallKey> calls = [.. _dialogs.Values];
            foreach (var (call, command) in _transactions.Values)
            {
                calls.Add(call);
                if (command is not null) commands.Add((call, command));
            }

            _commands.Clear();
            _transactions.Clear();
            return (commands, calls);
        }
    }
}
