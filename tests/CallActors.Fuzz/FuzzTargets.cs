using CallActors.Fuzz.Targets;

namespace CallActors.Fuzz;

/// <summary>All parsers under fuzz; a new one is a line here.</summary>
public static class FuzzTargets
{
    private static readonly Func<IFuzzTarget>[] Makers = [() => new MessageTarget(), () => new FrameTarget(), () => new HeadersTarget(), () => new ControlTarget()];

    /// <summary>Their names.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Makers.Select(make => make().Name)];

    /// <summary>A new instance for one worker; null when there is none of this name.</summary>
    public static IFuzzTarget? Make(string name) => Makers.Select(make => make()).FirstOrDefault(target => target.Name == name);
}
