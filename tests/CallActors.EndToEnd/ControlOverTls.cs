using CallActors.EndToEnd.Harness;

namespace CallActors.EndToEnd;

/// <summary>Applications that dial the control port over TLS.</summary>
public sealed class ControlOverTls : EndToEndTest, IDisposable
{
    private readonly Certificate _certificate = new();

    private protected override ServerOptions Options => new()
    {
        More = ["--tls-port", "0", "--key-file", _certificate.KeyFile, "--cert-file", _certificate.CertificateFile],
    };

    public void Dispose() => _certificate.Dispose();

    [EndToEndFact]
    public async Task An_application_connects_over_tls_and_answers_calls()
    {
        var app = await StartAppAsync("uas", "answer", new { tls = true, port = Server.ControlTls!.Port });

        await CallAsync(Scenario.Caller().Invite().Expect(100).Expect(200).Ack().Pause(50).Bye().Expect(200, "CSeq: BYE"));

        await app.ExpectAsync("destroy");
    }
}
