namespace CallActors.Net;

/// <summary>A thread on which a network delivers, and which may be lent to the work that a delivery leads to.</summary>
/// <remarks>
/// It is awake already, where waking another one costs more than most of what there is to do. The work runs when everything that had arrived is delivered. Should it take too long, whoever has borrowed the
/// thread says so, and another one receives from then on: work that blocks holds up nobody for longer than that takes.
/// </remarks>
public sealed class NetworkThread
{
    private const int Receiving = 0, Lent = 1, Replaced = 2;

    [ThreadStatic]
    private static NetworkThread? t_current;

    private readonly string _name;
    private readonly Action<NetworkThread> _receive;
    private readonly Action<Exception>? _onFault;
    private IThreadPoolWorkItem? _work;
    private int _state;

    private NetworkThread(string name, Action<NetworkThread> receive, Action<Exception>? onFault) => (_name, _receive, _onFault) = (name, receive, onFault);

    /// <summary>The one that the caller runs on; null on every other thread.</summary>
    public static NetworkThread? Current => t_current;

    /// <summary>Starts to receive on a thread of its own.</summary>
    /// <param name="name">The thread's name.</param>
    /// <param name="receive">Receives until there is nothing more to come, or the thread is no longer the network's.</param>
    /// <param name="onFault">Told of work that throws.</param>
    internal static void Start(string name, Action<NetworkThread> receive, Action<Exception>? onFault) => new NetworkThread(name, receive, onFault).Start();

    /// <summary>Leaves work to the thread, which does it at the end of the batch. To be called on that thread.</summary>
    /// <returns>False where it has work already, or is no longer the network's.</returns>
    public bool TryLend(IThreadPoolWorkItem work)
    {
        if (_work is not null || Volatile.Read(ref _state) == Replaced) return false;
        _work = work;
        return true;
    }

    /// <summary>The work takes too long: another thread receives from now on. For any thread.</summary>
    /// <returns>False where the thread is at no work.</returns>
    public bool Replace()
    {
        if (Interlocked.CompareExchange(ref _state, Replaced, Lent) != Lent) return false;
        Start(_name, _receive, _onFault);
        return true;
    }

    /// <summary>Does what was left to it.</summary>
    /// <returns>False when another thread receives by now, and this one has to end.</returns>
    internal bool Work()
    {
        while (_work is { } work)
        {
            _work = null;
            Volatile.Write(ref _state, Lent);
            try
            {
                work.Execute();
            }
            catch (Exception fault)
            {
                Report.To(_onFault, fault);
            }

            if (Interlocked.CompareExchange(ref _state, Receiving, Lent) == Lent) continue;
            if (_work is { } left) ThreadPool.UnsafeQueueUserWorkItem(left, preferLocal: false);
            return false;
        }

        return true;
    }

    private void Start() => new Thread(Run) { IsBackground = true, Name = _name }.UnsafeStart();

    private void Run()
    {
        t_current = this;
        _receive(this);
    }
}
