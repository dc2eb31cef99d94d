using CallActors.Sip.Digest;
using Microsoft.Extensions.DependencyInjection;

namespace CallActors.Node.Pbx;

/// <summary>A small PBX: what the node does when nobody says otherwise, and an application to learn from.</summary>
internal static class PbxApplication
{
    /// <summary>Adds what its flows ask for.</summary>
    /// <param name="services">The application's services.</param>
    /// <param name="password">What every phone must know; null lets everybody register and call.</param>
    /// <param name="trunk">Where numbers are called; null for nowhere.</param>
    public static void AddServices(IServiceCollection services, string? password, string? trunk)
    {
        services.AddSingleton<PhoneBook>();
        if (trunk is not null) services.AddSingleton(new TrunkCall.Trunk(trunk));
        // MD5 alone: phones that know nothing better (baresip 1.0, SIPp 3.6) give up on a challenge that they do not know, although RFC 8760 §2.4 lets them pass over it.
        if (password is not null) services.AddSingleton(new DigestGate(new DigestGateOptions { Password = (_, _) => new(password), Algorithms = [DigestAlgorithm.Md5] }));
    }

    /// <summary>Adds its routes, the service numbers before the users.</summary>
    /// <param name="routes">The application's routes.</param>
    /// <param name="phones">Where phones register.</param>
    /// <param name="gate">Who is let in; null lets everybody.</param>
    /// <param name="hasTrunk">Whether numbers are called over a trunk.</param>
    public static void AddRoutes(CallRoutes routes, PhoneBook phones, DigestGate? gate, bool hasTrunk = false)
    {
        if (gate is not null) routes.UseDigest(gate);
        routes.Register(phones.Registrar.Handle);
        routes.Options(request => request.Respond(200, null, null, new HeaderFields { { "Accept", "application/sdp" }, { "Allow", "INVITE, ACK, BYE, CANCEL, OPTIONS, REFER, INFO, UPDATE, NOTIFY, MESSAGE, PRACK" } }));
        // Phones ask for their messages' lamp and for presence whether or not there is any (RFC 6665 §4.2.1.1).
        routes.Map("SUBSCRIBE", request => request.Respond(489));
        routes.Map("PUBLISH", request => request.Respond(489));
        routes.Invite<BusyNumber>(Dialled.Number("busy"))
            .Invite<EchoNumber>(Dialled.Number("echo"))
            .Invite<HuntGroup>(Dialled.Number("hunt"))
            .Invite<EverybodyGroup>(Dialled.Number("all"))
            .Invite<RejectNumber>(Dialled.Numbers("reject"))
            .Invite<RingNumber>(Dialled.Numbers("ring"))
            .Invite<ClickNumber>(Dialled.Numbers("click"));
        if (hasTrunk) routes.Invite<TrunkCall>(TrunkCall.IsNumber);
        routes.Invite<Extension>()
            .Add<ClickToDial>();
    }
}
