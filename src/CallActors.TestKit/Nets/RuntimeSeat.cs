using Akka.Actor;
using CallActors.Net;
using Microsoft.Extensions.Logging;

namespace CallActors.TestKit;

/// <summary>Everything a runtime needs to live in a <see cref="TestNet"/>.</summary>
/// <param name="System">An actor system in virtual time.</param>
/// <param name="Network">The network as the runtime's host sees it.</param>
/// <param name="Time">The time.</param>
/// <param name="Loggers">Where log lines go.</param>
/// <param name="Control">The control port of the server.</param>
/// <param name="Secret">Its secret.</param>
/// <param name="Seed">For everything that the runtime leaves to chance.</param>
public sealed record RuntimeSeat(ActorSystem System, INetwork Network, TimeProvider Time, ILoggerFactory Loggers, NetAddress Control, string Secret, int Seed)
{
    /// <summary>What it is, without the secret.</summary>
    public override string ToString() => $"RuntimeSeat {{ System = {System.Name}, Control = {Control} }}";
}
