using System.Data.Common;
using System.Net.Sockets;
using Akka.Actor;
using Akka.Event;

namespace CallActors.Ledger;

/// <summary>Keeps one <see cref="CallLedger"/> running: one that stopped is started again, later each time, and the log says it once.</summary>
internal sealed class LedgerSupervisor(Props ledger, LedgerBook book, LedgerOptions options, Action prepare) : UntypedActor, IWithTimers
{
    // An operator shall hear of a disk that stands still, although nothing has failed yet.
    private static readonly TimeSpan s_slow = TimeSpan.FromSeconds(5);

    private readonly ILoggingAdapter _log = Context.GetLogger();
    private IActorRef? _ledger;
    private IActorRef? _closer;
    private TimeSpan _backOff = options.FirstBackOff;
    private bool _isSlow;
    private bool _isPrepared;
    private bool _isPreparing;

    public ITimerScheduler Timers { get; set; } = null!;

    /// <param name="ledger">What is kept running.</param>
    /// <param name="book">What it writes.</param>
    /// <param name="options">How long to wait between tries.</param>
    /// <param name="prepare">What the database needs before the ledger starts for the first time; it may block, and is tried again where it throws.</param>
    public static Props PropsFor(Props ledger, LedgerBook book, LedgerOptions options, Action prepare) => Props.Create<LedgerSupervisor>(ledger, book, options, prepare);

    protected override void PreStart() => Start();

    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(_ => Directive.Stop);

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case LedgerWriting: Timers.StartSingleTimer(TakesLong.Instance, TakesLong.Instance, s_slow); break;
            case LedgerWritten: IsWritten(); break;
            case TakesLong: IsSlow(); break;
            case LedgerRead read: _log.Info("The ledger has {Rows} rows; {Calls} calls in it are offered again.", read.Rows, read.Orphans); break;
            case LedgerLost lost: Lost(lost); break;
            case LedgerWhole: IsWhole(); break;
            case LedgerWroteOff off: _log.Info("{Calls} calls of the ledger are not to be found anywhere, and are taken as over.", off.Calls); break;
            case Close: Stop(); break;
            case StartAgain: Start(); break;
            case Prepared prepared: OnPrepared(prepared.Failure); break;
            case Terminated: Stopped(); break;
            default: Unhandled(message); break;
        }
    }

    private void Start()
    {
        if (!_isPrepared)
        {
            _isPreparing = true;
            PrepareAsync(prepare).PipeTo(Self, Self);
            return;
        }
        // No name: a stopped one's name may not be free yet.
        _ledger = Context.Watch(Context.ActorOf(ledger));
    }

    private static async Task<Prepared> PrepareAsync(Action prepare)
    {
        try
        {
            await Task.Run(prepare).ConfigureAwait(false);
            return new(null);
        }
        catch (Exception failure) when (failure is DbException or IOException or TimeoutException or SocketException)
        {
            return new(failure);
        }
    }

    private void OnPrepared(Exception? failure)
    {
        _isPreparing = false;
        if (failure is null)
        {
            _isPrepared = true;
            Start();
            // Who leaves so soon has told things all the same.
            if (_closer is not null) _ledger.Tell(CallLedger.Close.Instance);
            return;
        }
        Lost(new(failure, book.Lost()));
        if (_closer is not null) Closed();
        else Again();
    }

    private void Lost(LedgerLost lost)
    {
        if (lost.WasWhole) _log.Warning(lost.Cause, "The ledger cannot be written: {Reason}. Calls go on, and it is tried again.", lost.Cause.Message);
    }

    private void IsWhole()
    {
        _log.Info("The ledger is whole again.");
        _backOff = options.FirstBackOff;
    }

    private void IsSlow()
    {
        _isSlow = true;
        _log.Warning("The ledger's database has taken more than {Seconds} s over one row. Calls go on, and what they tell waits.", (int)s_slow.TotalSeconds);
    }

    private void IsWritten()
    {
        Timers.Cancel(TakesLong.Instance);
        if (_isSlow) _log.Info("The ledger's database answers again.");
        _isSlow = false;
    }

    private void Stopped()
    {
        _ledger = null;
        _isSlow = false;
        Timers.Cancel(TakesLong.Instance);
        if (_closer is not null)
        {
            Closed();
            return;
        }
        Again();
    }

    private void Again()
    {
        Timers.StartSingleTimer(StartAgain.Instance, StartAgain.Instance, _backOff);
        _backOff = 2 * _backOff < options.LongestBackOff ? 2 * _backOff : options.LongestBackOff;
    }

    private void Stop()
    {
        _closer = Sender;
        if (_ledger is not null) _ledger.Tell(CallLedger.Close.Instance);
        else if (!_isPreparing) Closed();
    }

    private void Closed()
    {
        _closer!.Tell(LedgerClosed.Instance);
        Context.Stop(Self);
    }

    /// <summary>Asks for everything that waits to be written, and the ledger to stop; answered by <see cref="LedgerClosed"/>.</summary>
    internal sealed record Close : INoSerializationVerificationNeeded
    {
        public static readonly Close Instance = new();
    }

    private sealed record Prepared(Exception? Failure) : INoSerializationVerificationNeeded;

    private sealed record TakesLong : INoSerializationVerificationNeeded
    {
        public static readonly TakesLong Instance = new();
    }

    private sealed record StartAgain : INoSerializationVerificationNeeded
    {
        public static readonly StartAgain Instance = new();
    }
}

/// <summary>The ledger has stopped.</summary>
internal sealed record LedgerClosed : INoSerializationVerificationNeeded
{
    public static readonly LedgerClosed Instance = new();
}
