using System.Runtime.InteropServices;

namespace CallActors.Node;

/// <summary>The signals of the process: the first SIGTERM or SIGINT asks to leave, a second one ends the process at once, SIGHUP asks to read again.</summary>
internal sealed class Signals : IDisposable
{
    private readonly TaskCompletionSource<string> _leave = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly PosixSignalRegistration[] _registrations;

    /// <param name="onReload">Called on SIGHUP.</param>
    /// <param name="onSecond">Called on the second order to leave; does not return in a real process.</param>
    public Signals(Action onReload, Action onSecond)
    {
        void Leave(PosixSignalContext context)
        {
            context.Cancel = true;
            if (!_leave.TrySetResult(context.Signal.ToString().ToUpperInvariant())) onSecond();
        }
        void Reload(PosixSignalContext context)
        {
            context.Cancel = true;
            onReload();
        }
        _registrations =
        [
            PosixSignalRegistration.Create(PosixSignal.SIGTERM, Leave),
            PosixSignalRegistration.Create(PosixSignal.SIGINT, Leave),
            PosixSignalRegistration.Create(PosixSignal.SIGHUP, Reload),
        ];
    }

    /// <summary>Completes with the signal's name when the process shall leave.</summary>
    public Task<string> Leave => _leave.Task;

    public void Dispose()
    {
        foreach (var registration in _registrations) registration.Dispose();
    }
}
