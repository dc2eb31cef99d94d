using Akka.Actor;
using Akka.Event;

namespace CallActors.Ledger;

/// <summary>Keeps one <see cref="CallLedger"/> running: one that stopped is started again, later each time, and the log says it once.</summary>
internal sealed class LedgerSupervisor(Props ledger, LedgerOptions options) : UntypedActor, IWithTimers
{
    // An operator shall hear of a disk that stands still, although nothing has failed yet.
    private static readonly TimeSpan s_slow = TimeSpan.FromSeconds(5);

    private readonly ILoggingAdapter _log = Context.GetLogger();
    private IActorRef? _ledger;
    private IActorRef? _closer;
    private TimeSpan _backOff = options.FirstBackOff;
    private bool _isSlow;

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props PropsFor(Props ledger, LedgerOptions options) => Props.Create<LedgerSupervisor>(ledger, options);

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
            case LedgerLost { WasWhole: true } lost: _log.Warning(lost.Cause, "The ledger cannot be written: {Reason}. Calls go on, and it is tried again.", lost.Cause.Message); break;
            case LedgerLost: break;
            case LedgerWhole: IsWhole(); break;
            case LedgerWroteOff off: _log.Info("{Calls} calls of the ledger are not to be found anywhere, and are taken as over.", off.Calls); break;
            case Close: Stop(); break;
            case StartAgain: Start(); break;
            case Terminated: Stopped(); break;
            default: Unhandled(message); break;
        }
    }

    private void Start()
    {
        // No name: a stopped one's name may not be free yet.
        _ledger = Context.Watch(Context.ActorOf(ledger));
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
        Timers.StartSingleTimer(StartAgain.Instance, StartAgain.Instance, _backOff);
        _backOff = 2 * _backOff < options.LongestBackOff ? 2 * _backOff : options.LongestBackOff;
    }

    private void Stop()
    {
        _closer = Sender;
        if (_ledger is null) Closed();
        else _ledger.Tell(CallLedger.Close.Instance);
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
