using Microsoft.Extensions.Logging;

namespace CallActors.Calls;

/// <summary>The parts of the application's flow that run in a call: one for each thing that happened, until it comes to its end.</summary>
internal sealed partial class RunningFlows(CallCore core)
{
    private int _running;
    private int _generation;

    /// <summary>Whether any part has not come to its end.</summary>
    public bool IsAny => _running > 0;

    /// <summary>What escaped the flow first; null when nothing did.</summary>
    public Exception? Failure { get; private set; }

    /// <summary>Waits no longer for the parts that run: they had their time.</summary>
    public void Abandon()
    {
        _generation++;
        _running = 0;
    }

    /// <summary>Runs a part. What escapes it ends the call.</summary>
    public void Run(Func<Task> part)
    {
        Task task;
        try
        {
            task = part();
        }
        catch (Exception e)
        {
            Fail(e);
            return;
        }

        if (task.IsCompletedSuccessfully) return;
        _running++;
        _ = Await(task);
    }

    private async Task Await(Task task)
    {
        var generation = _generation;
        try
        {
            await task;
        }
        catch (OperationCanceledException) when (core.Caller is { IsCancelled: true })
        {
            // The caller went, and the flow stopped where it was told to.
        }
        catch (Exception e)
        {
            Fail(e);
        }
        finally
        {
            if (generation == _generation) _running--;
        }
    }

    /// <summary>The application failed: every leg is ended.</summary>
    public void Fail(Exception failure)
    {
        Note(failure);
        core.Abort("the application failed");
    }

    /// <summary>The application failed where nothing can be ended yet.</summary>
    public void Note(Exception failure)
    {
        Failure ??= failure;
        LogFailed(core.Runtime.Logger, failure, core.Key, core.Flow.Name);
        core.Runtime.Counters.Failed();
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "call {Key}: the flow {Flow} failed; its caller is answered 500 and its legs are ended")]
    private static partial void LogFailed(ILogger logger, Exception exception, CallKey key, string flow);
}
