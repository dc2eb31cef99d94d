using CallActors.Server.Restoring;
using CallActors.Sip;

namespace CallActors.Server.Applications;

/// <summary>A little of an application's memory of a call, kept for whoever serves the call after it: key, blob, and the dialogs that it is about.</summary>
/// <remarks>
/// Thread-safe behind a lock of its own, which is taken within a partition's lock, never around one. Whose it is can be read without:
/// a partition that finds another owner than its dialog's knows that the claim is on its way to it.
/// </remarks>
internal sealed class KeptSession(ApplicationGroup group, Octets key)
{
    // A transaction whose INVITE is about to be answered, then the dialog that the answer made.
    private readonly record struct Name(Octets Id, Octets Transaction, bool IsDialog);

    private readonly Lock _gate = new();
    private readonly List<Name> _names = [];
    private ReadOnlyMemory<byte> _blob;
    private volatile ApplicationConnection? _owner;
    private volatile bool _isOver;

    /// <summary>The application whose session it is.</summary>
    public ApplicationGroup Group => group;

    /// <summary>The application's name for it.</summary>
    public Octets Key => key;

    /// <summary>Whose it is; null while it waits to be claimed.</summary>
    public ApplicationConnection? Owner => _owner;

    /// <summary>Whether it was let go.</summary>
    public bool IsOver => _isOver;

    /// <summary>How often it has been claimed.</summary>
    public int Incarnation { get; private set; }

    /// <summary>When its owner was lost.</summary>
    public TimeSpan LostAt { get; private set; }

    /// <summary>When its last dialog ended.</summary>
    public TimeSpan EmptySince { get; private set; }

    /// <summary>Whether it has neither dialogs nor INVITEs that may become some.</summary>
    public bool IsEmpty
    {
        get
        {
            lock (_gate) return _names.Count == 0;
        }
    }

    /// <summary>Begins it.</summary>
    public void Begin(ApplicationConnection owner, int incarnation)
    {
        lock (_gate)
        {
            _owner = owner;
            Incarnation = incarnation;
        }
    }

    /// <summary>Replaces the blob, if the application has the session, and tells which names it has to begin with.</summary>
    /// <param name="application">Who says so.</param>
    /// <param name="incarnation">The incarnation that it believes to have.</param>
    /// <param name="blob">The blob.</param>
    /// <param name="given">The names, as given.</param>
    /// <param name="dropped">Names of before that are not among them.</param>
    /// <returns>0, or 1 when the incarnation is another, 2 when the owner is.</returns>
    public int Update(ApplicationConnection application, int incarnation, ReadOnlySpan<byte> blob, List<Octets> given, List<Octets> dropped)
    {
        lock (_gate)
        {
            if (incarnation != Incarnation) return 1;
            if (!ReferenceEquals(_owner, application) || _isOver) return 2;
            _blob = blob.ToArray();
            foreach (var name in _names)
                if (!given.Contains(name.Id) && (name.Transaction.IsEmpty || !given.Contains(name.Transaction))) dropped.Add(name.Id);
            return 0;
        }
    }

    /// <summary>Whether it is about that dialog or transaction already.</summary>
    public bool Has(Octets id)
    {
        lock (_gate) return Find(id) >= 0;
    }

    /// <summary>It is about this dialog from now on, which may be that of a transaction named before.</summary>
    public bool TryAttach(ApplicationConnection? application, Octets dialog, Octets transaction)
    {
        lock (_gate)
        {
            if (_isOver || !ReferenceEquals(_owner, application)) return false;
            Put(new Name(dialog, transaction, IsDialog: true));
            return true;
        }
    }

    /// <summary>It is about the dialog that this INVITE will make.</summary>
    public bool TryExpect(ApplicationConnection application, Octets transaction)
    {
        lock (_gate)
        {
            if (_isOver || !ReferenceEquals(_owner, application)) return false;
            Put(new Name(transaction, transaction, IsDialog: false));
            return true;
        }
    }

    /// <summary>The INVITE has made its dialog, whoever owns the session by now.</summary>
    public void Made(Octets dialog, Octets transaction)
    {
        lock (_gate)
        {
            if (!_isOver) Put(new Name(dialog, transaction, IsDialog: true));
        }
    }

    /// <summary>A dialog, or an INVITE that might have made one, is over.</summary>
    public void Ended(ReadOnlySpan<byte> id, TimeSpan now)
    {
        lock (_gate)
        {
            var at = Find(Octets.Of(id));
            if (at < 0) return;
            _names.RemoveAt(at);
            if (_names.Count > 0 || _isOver) return;
            EmptySince = now;
        }

        group.Emptied(this, now);
    }

    /// <summary>Nothing more is known of it; its dialogs are told apart.</summary>
    public Octets[] End()
    {
        lock (_gate)
        {
            _isOver = true;
            _blob = default;
            Octets[] names = [.. _names.Select(name => name.Id)];
            _names.Clear();
            return names;
        }
    }

    /// <summary>Its owner has gone.</summary>
    public bool TryLose(ApplicationConnection application, TimeSpan now)
    {
        lock (_gate)
        {
            if (_isOver || !ReferenceEquals(_owner, application)) return false;
            _owner = null;
            LostAt = now;
            return true;
        }
    }

    /// <summary>Takes it over, when the claimant knows the present incarnation, and counts up.</summary>
    public bool TryClaim(ApplicationConnection application, int incarnation, out ApplicationConnection? previous)
    {
        lock (_gate)
        {
            previous = _owner;
            if (_isOver || incarnation != Incarnation || incarnation == int.MaxValue) return false;
            _owner = application;
            Incarnation++;
            return true;
        }
    }

    /// <summary>One of its dialogs is given back by somebody who knows this incarnation.</summary>
    public RestoreVerdict TryRestore(ApplicationConnection application, int incarnation, out ApplicationConnection? previous)
    {
        lock (_gate)
        {
            previous = _owner;
            if (_isOver || incarnation < Incarnation || (incarnation == int.MaxValue && !ReferenceEquals(_owner, application))) return RestoreVerdict.Superseded;
            if (ReferenceEquals(_owner, application) && incarnation == Incarnation) return RestoreVerdict.Owned;
            _owner = application;

            // After a start the server knows no more of it than who was first to come back; who knows better has it.
            if (incarnation > Incarnation)
            {
                Incarnation = incarnation;
                return RestoreVerdict.Taken;
            }

            Incarnation++;
            return RestoreVerdict.Claimed;
        }
    }

    /// <summary>The dialogs that still live, and what is offered with them.</summary>
    public Octets[] Dialogs(out ReadOnlyMemory<byte> blob, out int incarnation)
    {
        lock (_gate)
        {
            blob = _blob;
            incarnation = Incarnation;
            var dialogs = new List<Octets>(_names.Count);
            foreach (var name in _names)
                if (name.IsDialog) dialogs.Add(name.Id);
            return [.. dialogs];
        }
    }

    private int Find(Octets id)
    {
        for (var at = 0; at < _names.Count; at++)
        {
            var name = _names[at];
            if (name.Id.Equals(id) || (!name.Transaction.IsEmpty && name.Transaction.Equals(id))) return at;
        }

        return -1;
    }

    private void Put(Name name)
    {
        var at = Find(name.Id);
        if (at < 0 && !name.Transaction.IsEmpty) at = Find(name.Transaction);
        if (at < 0) _names.Add(name);
        else _names[at] = name;
    }
}
