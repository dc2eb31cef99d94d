using CallActors.Node.Pbx;
using CallActors.TestKit;
using Microsoft.Extensions.DependencyInjection;

namespace CallActors.Node.Tests.Pbx;

/// <summary>The PBX with its own routes and phone book in virtual time, and phones that have registered.</summary>
internal sealed class PbxNet : IDisposable
{
    public PbxNet()
    {
        var phones = new PhoneBook(Net.Time);
        Node = Net.Serves(routes => PbxApplication.AddRoutes(routes, phones, gate: null), services => services.AddSingleton(phones));
    }

    public TestNet Net { get; } = new();

    public TestNode Node { get; }

    /// <summary>A phone that has registered.</summary>
    public Phone Phone(string name)
    {
        var phone = Net.Phone(name);
        phone.Registers();
        return phone;
    }

    /// <summary>One calls the other by name, who answers.</summary>
    public static (PlacedCall Caller, OfferedCall Callee) Connect(Phone caller, Phone callee)
    {
        var placed = caller.Invites(callee.Name);
        var offered = callee.ReceivesInvite().Rings().Answers();
        placed.Receives(180).Receives(200).Acks();
        offered.ReceivesAck();
        return (placed, offered);
    }

    public void Dispose() => Net.Dispose();
}
