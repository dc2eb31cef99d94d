namespace CallActors.Net;

/// <summary>A thread on which a network delivers, and which may be lent to the work that a delivery leads to.</summary>
/// <remarks>
/// It is awake already, where waking another one costs more than most of what there is to do. The work runs when everything that had arrived is delivered. Should it take too long, whoever has borrowed the
/// thread says so, and another one receives from then on: work that blocks holds up nobody for longer than that takes.
/// </remarks>
public sealed class NetworkThread
{
    // What is done leads to more; after so many rounds the network has its turn again.
    private const int Rounds = 2;

    private static readonly object s_gone = new();

    [ThreadStatic]
    private static NetworkThread? t_current;

    private readonly string _name;
    private readonly Action<NetworkThread> _receive;
    private readonly Action<Exception>? _onFault;
    private IThreadPoolWorkItem? _work;

    // The work that it is lent to; null while it receives.
    private object? _lentTo;

    private NetworkThread(string name, Action<NetworkThread> receive, Action<Exception>? onFault) => (_name, _receive, _onFault) = (name, receive, onFault);

    /// <summary>The one that the caller runs on; null on every other thread.</summary>
    public static NetworkThread? Current => t_current;

    /// <summary>Starts to receive on a thread of its own.</summary>
    /// <param name="name">The thread's name.</param>
    /// <param name="receive">Receives until there is nothing more to come, or the thread is no longer the network's.</param>
    /// <param name="onFault">Told of work that throws.</param>
    /// <exception cref="OutOfMemoryException">The system gives no more threads.</exception>
    internal static void Start(string name, Action<NetworkThread> receive, Action<Exception>? onFault)
    {
        var started = new NetworkThread(name, receive, onFault);
        NewThread(name, started.Run).UnsafeStart();
    }

    /// <summary>Leaves work to the thread, which does it at the end of the batch. To be called on that thread.</summary>
    /// <returns>False where it has work already, or is no longer the network's.</returns>
    public bool TryLend(IThreadPoolWorkItem work)
    {
        if (_work is not null || Volatile.Read(ref _lentTo) == s_gone) return false;
        _work = work;
        return true;
    }

    /// <summary>Work takes too long: another thread receives from now on. For any thread.</summary>
    /// <returns>False where the thread is not at that work.</returns>
    /// <exception cref="OutOfMemoryException">The system gives no more threads; then the thread is the network's as before.</exception>
    public bool Replace(IThreadPoolWorkItem work)
    {
        // There before it is needed, for without it nobody would receive.
        var successor = new NetworkThread(_name, _receive, _onFault);
        var decided = new ManualResetEventSlim();
        var isReplaced = false;
        NewThread(_name, () =>
        {
            decided.Wait();
            if (Volatile.Read(ref isReplaced)) successor.Run();
        }).UnsafeStart();
        Volatile.Write(ref isReplaced, Interlocked.CompareExchange(ref _lentTo, s_gone, work) == work);
        decided.Set();
        return isReplaced;
    }

    /// <summary>Does what was left to it.</summary>
    /// <returns>False when another thread receives by now, and this one has to end.</returns>
    internal bool Work()
    {
        for (var round = 0; round < Rounds && _work is { } work; round++)
        {
            _work = null;
            Interlocked.Exchange(ref _lentTo, work);
            Do(work);
            if (Interlocked.CompareExchange(ref _lentTo, null, work) != work) return false;
        }

        PassOn();
        return true;
    }

    private static Thread NewThread(string name, Action run) => new(() => run()) { IsBackground = true, Name = name };

    private void Run()
    {
        t_current = this;
        _receive(this);
        Interlocked.Exchange(ref _lentTo, s_gone);
        PassOn();
    }

    // What one work leaves in the thread's context is not the next one's, nor the network's.
    private void Do(IThreadPoolWorkItem work)
    {
        var context = ExecutionContext.Capture();
        try
        {
            work.Execute();
        }
        catch (Exception fault)
        {
            Report.To(_onFault, fault);
        }

        SynchronizationContext.SetSynchronizationContext(null);
        if (context is not null) ExecutionContext.Restore(context);
    }

    private void PassOn()
    {
        if (_work is not { } work) return;
        _work = null;
        ThreadPool.UnsafeQueueUserWorkItem(work, preferLocal: false);
    }
}
