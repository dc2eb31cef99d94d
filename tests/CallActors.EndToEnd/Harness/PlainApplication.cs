using System.Collections.Concurrent;

namespace CallActors.EndToEnd.Harness;

/// <summary>A request as the server showed it to an application.</summary>
internal sealed record ShownRequest(string[] Tokens, string Text)
{
    internal string Method => Text.Split(' ')[0];
}

/// <summary>
/// An application of a few lines: it answers every request with one status and keeps what it was shown. Quicker than Node, and blind to
/// what a message means, for tests that send many.
/// </summary>
internal sealed class PlainApplication : IDisposable
{
    private readonly ControlClient _client;
    private readonly Func<ShownRequest, string?> _answer;
    private readonly ConcurrentQueue<ShownRequest> _shown = new();

    private PlainApplication(ControlClient client, Func<ShownRequest, string?> answer)
    {
        _client = client;
        _answer = answer;
    }

    internal IReadOnlyCollection<ShownRequest> Shown => _shown;

    /// <summary>Connects; <paramref name="answer"/> gives each request its status line and headers, or null for none.</summary>
    internal static async Task<PlainApplication> StartAsync(ServerProcess server, Func<ShownRequest, string?> answer, params string[] routes)
    {
        var application = new PlainApplication(await ControlClient.AuthenticateAsync(server.Control, routes), answer);
        _ = Task.Run(application.RunAsync);
        return application;
    }

    public void Dispose() => _client.Dispose();

    private async Task RunAsync()
    {
        try
        {
            while (await _client.ReceiveAsync(600_000) is { } payload)
            {
                var (meta, text) = payload.Split("\r\n", 2) is [var first, var rest] ? (first, rest) : (payload, "");
                var tokens = meta.Split('|');
                if (tokens.Length < 9 || tokens[1] != "sip" || text.StartsWith("SIP/2.0", StringComparison.Ordinal))
                    continue;
                var request = new ShownRequest(tokens, text);
                _shown.Enqueue(request);
                if (request.Method is not ("ACK" or "CANCEL") && _answer(request) is { } head)
                    await _client.SendAsync($"a{Guid.NewGuid():N}|sip|{tokens[8]}|\r\n{head}\r\n\r\n");
            }
        }
        catch (ObjectDisposedException)
        {
            // The test is over.
        }
    }
}
