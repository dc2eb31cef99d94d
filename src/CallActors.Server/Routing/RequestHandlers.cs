using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;
using CallActors.Server.Applications;
using CallActors.Server.Configuration;
using CallActors.Server.Transports;
using CallActors.Sip.Messages;
using Microsoft.Extensions.Logging;

namespace CallActors.Server.Routing;

/// <summary>The configured request-handlers: asks the web callback, or dials the application directly. Specification 2.5, 2.6.</summary>
internal sealed partial class RequestHandlers : IRequestHandlers, IDisposable
{
    private readonly Dictionary<string, RequestHandlerOptions> _byMethod = new(StringComparer.OrdinalIgnoreCase);
    private readonly OutboundConnections _connections;
    private readonly LimitOptions _limits;
    private readonly ILogger _logger;
    private readonly HttpClient _verifying;
    private readonly HttpClient _trusting;

    public RequestHandlers(IEnumerable<RequestHandlerOptions> handlers, OutboundConnections connections, LimitOptions limits, ILogger logger)
    {
        // One handler for each method, the first one wins.
        foreach (var handler in handlers) _byMethod.TryAdd(handler.Method, handler);
        _connections = connections;
        _limits = limits;
        _logger = logger;
        _verifying = Client(limits, verify: true);
        _trusting = Client(limits, verify: false);
    }

    /// <inheritdoc/>
    public bool Handles(SipRequest request) => Find(request) is not null;

    /// <inheritdoc/>
    public async Task<RoutingDecision> DecideAsync(SipRequest request, Flow flow, CancellationToken cancel)
    {
        var handler = Find(request)!;
        if (handler.IsDirect) return await DialAsync(new OutboundTarget(handler.Target.Host.Trim('[', ']'), handler.Target.Port, handler.IsSecure), cancel).ConfigureAwait(false);
        try
        {
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancel);
            patience.CancelAfter(_limits.RoutingQueryTimeout);
            var body = await AskAsync(handler, request, flow, patience.Token).ConfigureAwait(false);
            var (decision, target) = RoutingAnswer.Read(body);
            if (ReferenceEquals(decision, RoutingAnswer.Failed)) LogAnswer(handler.Url);
            return decision ?? await DialAsync(target!, cancel).ConfigureAwait(false);
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException or IOException or SocketException or AuthenticationException or InvalidOperationException)
        {
            if (!cancel.IsCancellationRequested) LogQuery(handler.Url, e.Message);
            return RoutingAnswer.Failed;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _verifying.Dispose();
        _trusting.Dispose();
    }

    private RequestHandlerOptions? Find(SipRequest request) =>
        _byMethod.TryGetValue(Offers(request), out var handler) || _byMethod.TryGetValue(RequestHandlerOptions.AnyMethod, out handler) ? handler : null;

    private static string Offers(SipRequest request) => Calls.Offers.VerbOf(request);

    private async Task<byte[]> AskAsync(RequestHandlerOptions handler, SipRequest request, Flow flow, CancellationToken cancel)
    {
        using var ask = new HttpRequestMessage(handler.UsePost ? HttpMethod.Post : HttpMethod.Get, RoutingQuery.Of(handler.Url, request, flow));
        if (handler.UsePost)
        {
            ask.Content = new ByteArrayContent(request.Bytes.ToArray());
            ask.Content.Headers.ContentType = new MediaTypeHeaderValue("text/plain", "UTF-8");
        }

        using var answer = await (handler.VerifyPeer ? _verifying : _trusting).SendAsync(ask, cancel).ConfigureAwait(false);
        return await answer.Content.ReadAsByteArrayAsync(cancel).ConfigureAwait(false);
    }

    private async Task<RoutingDecision> DialAsync(OutboundTarget target, CancellationToken cancel)
    {
        if (await _connections.ConnectAsync(target, cancel).ConfigureAwait(false) is { } application) return new RoutingDecision.ToConnection(application);
        if (!cancel.IsCancellationRequested) LogDial(target.Host, target.Port);
        return RoutingAnswer.Unavailable;
    }

    private static HttpClient Client(LimitOptions limits, bool verify)
    {
        var handler = new SocketsHttpHandler { ConnectTimeout = limits.RoutingConnectTimeout, PooledConnectionLifetime = TimeSpan.FromMinutes(2) };
#pragma warning disable CA5359 // The operator asked for it: verify-peer is off (specification 2.5).
        if (!verify) handler.SslOptions.RemoteCertificateValidationCallback = static (_, _, _, _) => true;
#pragma warning restore CA5359
        var client = new HttpClient(handler, disposeHandler: true) { Timeout = Timeout.InfiniteTimeSpan, MaxResponseContentBufferSize = limits.MaxRoutingAnswer };
        client.DefaultRequestHeaders.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        client.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("Drachtio", Encoding.ASCII.GetString(ControlPort.Version[1..])));
        return client;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "the request-handler {Url} gave no usable answer; the caller gets 500")]
    private partial void LogAnswer(string url);

    [LoggerMessage(Level = LogLevel.Warning, Message = "the request-handler {Url} could not be asked: {Reason}; the caller gets 500")]
    private partial void LogQuery(string url, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "the application at {Host}:{Port} could not be reached or did not authenticate; the caller gets 480")]
    private partial void LogDial(string host, int port);
}
