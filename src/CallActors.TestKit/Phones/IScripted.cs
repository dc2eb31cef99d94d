using System.Runtime.CompilerServices;

namespace CallActors.TestKit;

/// <summary>Something that takes the steps of a script. Each step is complete when it returns; awaiting it gives the same thing back.</summary>
public interface IScripted;

/// <summary>Lets steps be awaited, so that scripts read like the asynchronous code they test.</summary>
public static class ScriptedAwaits
{
    /// <summary>The thing itself, at once.</summary>
    public static Done<T> GetAwaiter<T>(this T scripted)
        where T : IScripted => new(scripted);
}

/// <summary>An awaiter that has nothing to wait for.</summary>
/// <typeparam name="T">What it gives.</typeparam>
/// <param name="result">What it gives.</param>
public readonly struct Done<T>(T result) : INotifyCompletion
{
    /// <summary>Always.</summary>
    public bool IsCompleted => true;

    /// <summary>What it gives.</summary>
    public T GetResult() => result;

    /// <inheritdoc/>
    public void OnCompleted(Action continuation)
    {
        ArgumentNullException.ThrowIfNull(continuation);
        continuation();
    }
}
