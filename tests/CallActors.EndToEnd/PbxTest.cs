using CallActors.EndToEnd.Harness;

namespace CallActors.EndToEnd;

/// <summary>What tests of the PBX have in common: phones of SIPp that have registered.</summary>
public abstract class PbxTest : EndToEndTest
{
    private protected RuntimeProcess? Runtime { get; set; }

    public override async Task DisposeAsync()
    {
        try
        {
            await base.DisposeAsync();
        }
        finally
        {
            if (Runtime is not null) await Runtime.DisposeAsync();
        }
    }

    private protected static Scenario Answers => Scenario.Callee().Receive("INVITE", "body: o=alice").Reply(180).Reply(200, body: Sdp.Bob).Receive("ACK");

    private protected static Scenario Calls => Scenario.Caller().Invite().Expect(100).Expect(180).Expect(200, "body: o=bob").Ack();

    private protected static SippOptions To(string user, bool tcp = false) => new() { Service = user, Tcp = tcp };

    /// <summary>A phone that has registered and waits for a call.</summary>
    private protected async Task<Sipp> PhoneAsync(string user, Scenario scenario, SippOptions? options = null)
    {
        var phone = await StartCalleeAsync(scenario, options);
        // Over UDP even for a phone that is called over TCP: this connection would end with the SIPp that registers.
        await RegisterAsync(user, phone.Uri.Replace("bob", user, StringComparison.Ordinal));
        return phone;
    }

    /// <summary>The dialog of a caller who has been answered, as Replaces names it to the other end (RFC 3891), escaped for a URI.</summary>
    private protected async Task<string> NameOfAsync(Sipp caller)
    {
        for (var tries = 0; tries < 500; tries++, await Task.Delay(20))
        {
            if (caller.Trace.Sent.FirstOrDefault(message => message.Method == "ACK") is { } ack)
                return Uri.EscapeDataString($"{ack.Header("Call-ID")};to-tag={TagOf(ack.Header("To"))};from-tag={TagOf(ack.Header("From"))}");
        }

        throw new InvalidOperationException(Tell("The call was not answered."));
    }

    private static string? TagOf(string? address) => address?.Split(";tag=") is [_, var tag] ? tag : null;

    private protected async Task RegisterAsync(string user, string contact, int expires = 300) =>
        await CallAsync(
            Scenario.Caller(user).Send("REGISTER", headers: [contact == "*" ? "Contact: *" : $"Contact: <{contact}>", $"Expires: {expires}"]).Expect(200), To(user));

    private protected string Tell(string headline) => Story(headline) + Runtime?.Describe();
}
