using System.Reflection;
using Microsoft.Extensions.DependencyInjection;

namespace CallActors.Hosting;

/// <summary>Looks for services that flows ask for and nobody offers, before the first call does.</summary>
internal static class FlowDependencies
{
    public static void Check(IEnumerable<Type> flows, IServiceProvider services, List<string> mistakes)
    {
        if (services.GetService<IServiceProviderIsService>() is not { } known) return;
        foreach (var flow in flows)
        {
            foreach (var parameter in ConstructorOf(flow)?.GetParameters() ?? [])
            {
                if (!parameter.HasDefaultValue && !IsKnown(parameter, known))
                    mistakes.Add($"The flow {flow.FullName} asks for a {parameter.ParameterType} ({parameter.Name}), which is not among the services.");
            }
        }
    }

    // The one that ActivatorUtilities takes.
    private static ConstructorInfo? ConstructorOf(Type flow)
    {
        var all = flow.GetConstructors();
        return Array.Find(all, constructor => constructor.IsDefined(typeof(ActivatorUtilitiesConstructorAttribute), false)) ?? (all is [var only] ? only : null);
    }

    private static bool IsKnown(ParameterInfo parameter, IServiceProviderIsService known) =>
        parameter.GetCustomAttribute<FromKeyedServicesAttribute>() is { Key: var key }
            ? known is IServiceProviderIsKeyedService keyed && keyed.IsKeyedService(parameter.ParameterType, key)
            : known.IsService(parameter.ParameterType);
}
