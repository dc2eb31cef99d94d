using System.Collections.Immutable;

namespace CallActors;

/// <summary>Keeps the bindings of addresses of record. One change after the other for each address; different addresses may change at the same time.</summary>
public interface ILocationStore
{
    /// <summary>The bindings of an address, expired ones possibly among them; empty when there are none.</summary>
    ValueTask<ImmutableArray<Binding>> Get(string address);

    /// <summary>Changes an address's bindings, all or nothing.</summary>
    /// <param name="address">The address of record.</param>
    /// <param name="change">Makes the new bindings of those that are there; the default value leaves everything as it is. It may be called again when somebody else was quicker.</param>
    /// <returns>False when the store is full, and nothing was changed.</returns>
    ValueTask<bool> Change(string address, Func<ImmutableArray<Binding>, ImmutableArray<Binding>> change);
}
