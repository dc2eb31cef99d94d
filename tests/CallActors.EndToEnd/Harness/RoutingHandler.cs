using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Text.Json;

namespace CallActors.EndToEnd.Harness;

/// <summary>A question that the server asked: method, query and body.</summary>
internal sealed record RoutingQuestion(string Method, string RawUrl, IReadOnlyDictionary<string, string> Query, string Body, string Accept, string ContentType);

/// <summary>An HTTP server that tells the signalling server what to do with each request.</summary>
internal sealed class RoutingHandler : IAsyncDisposable
{
    private readonly HttpListener _listener = new();
    private readonly Task _serving;
    private readonly ConcurrentQueue<RoutingQuestion> _questions = new();

    internal RoutingHandler()
    {
        var port = Ports.Free();
        Url = $"http://127.0.0.1:{port}";
        _listener.Prefixes.Add(Url + "/");
        _listener.Start();
        _serving = ServeAsync();
    }

    internal string Url { get; }

    /// <summary>What every question is answered with.</summary>
    internal string Answer { get; set; } = "";

    /// <summary>How long an answer takes.</summary>
    internal TimeSpan Delay { get; set; }

    internal IReadOnlyCollection<RoutingQuestion> Questions => _questions;

    /// <summary>Answers with an action and its data.</summary>
    internal void Say(string action, object data) => Answer = JsonSerializer.Serialize(new { action, data });

    public async ValueTask DisposeAsync()
    {
        _listener.Close();
        await _serving;
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true)
                _ = AnswerAsync(await _listener.GetContextAsync());
        }
        catch (Exception ended) when (ended is HttpListenerException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task AnswerAsync(HttpListenerContext context)
    {
        var request = context.Request;
        using var reader = new StreamReader(request.InputStream, Encoding.UTF8);
        var query = request.QueryString.AllKeys.ToDictionary(key => key ?? "", key => request.QueryString[key] ?? "");
        _questions.Enqueue(new RoutingQuestion(
            request.HttpMethod, request.RawUrl ?? "", query, await reader.ReadToEndAsync(), request.Headers["Accept"] ?? "", request.ContentType ?? ""));
        if (Delay > TimeSpan.Zero)
            await Task.Delay(Delay);
        try
        {
            context.Response.ContentType = "application/json";
            await context.Response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes(Answer));
            context.Response.Close();
        }
        catch (Exception gone) when (gone is HttpListenerException or ObjectDisposedException or IOException)
        {
            // The server did not wait for the answer.
        }
    }
}
