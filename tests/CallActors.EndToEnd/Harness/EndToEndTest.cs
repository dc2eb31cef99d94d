using System.Text.Json;

namespace CallActors.EndToEnd.Harness;

/// <summary>
/// A test with a server of its own and any number of applications and SIPp processes. At its end nothing may be left in the server and
/// no application may have failed.
/// </summary>
public abstract class EndToEndTest : IAsyncLifetime
{
    private readonly List<SrfApp> _apps = [];
    private readonly List<Sipp> _sipps = [];

    private protected ServerProcess Server { get; private set; } = null!;

    /// <summary>What the server is started with.</summary>
    private protected virtual ServerOptions Options => new();

    public virtual async Task InitializeAsync() => Server = await ServerProcess.StartAsync(Options);

    public virtual async Task DisposeAsync()
    {
        try
        {
            // The processes that make traffic end first; what they leave behind is the server's to clear away.
            foreach (var sipp in _sipps)
                await sipp.Process.KillAsync();
            if (!Server.Process.HasExited)
            {
                var status = await Server.SettleAsync();
                Assert.True(status.IsEmpty, Story($"The server is not empty after all timers: {status.Left}"));
                Assert.True(status.Faults == 0, Story($"The server met {status.Faults} exceptions of its own."));
            }

            foreach (var app in _apps)
                Assert.True(app.Faults.Count == 0, Story($"An application failed: {string.Join('\n', app.Faults)}"));
        }
        finally
        {
            foreach (var app in _apps)
                await app.DisposeAsync();
            foreach (var sipp in _sipps)
                await sipp.DisposeAsync();
            await Server.DisposeAsync();
        }
    }

    /// <summary>Starts an application that dials the server, and waits until it has told its verbs.</summary>
    private protected async Task<SrfApp> StartAppAsync(string script, string behaviour, object? options = null)
    {
        var app = Launch(script, behaviour, options, json =>
        {
            json["port"] ??= Server.Control.Port;
            json["secret"] ??= ServerOptions.Secret;
        });
        await app.ExpectAsync("connected");
        return app;
    }

    /// <summary>Starts an application that waits for the server to dial it.</summary>
    private protected async Task<(SrfApp App, int Port)> StartListenerAsync(string script, string behaviour, object? options = null)
    {
        var app = Launch(script, behaviour, options, json =>
        {
            json["listen"] = true;
            json["secret"] ??= ServerOptions.Secret;
        });
        return (app, (await app.ExpectAsync("listening")).Number("port"));
    }

    /// <summary>Starts an application without waiting for anything.</summary>
    private protected SrfApp Launch(string script, string behaviour, object? options, Action<System.Text.Json.Nodes.JsonObject> complete)
    {
        var json = JsonSerializer.SerializeToNode(options ?? new { })!.AsObject();
        complete(json);
        var app = new SrfApp(script, behaviour, json, Story);
        _apps.Add(app);
        return app;
    }

    /// <summary>Starts a SIPp that waits for a call.</summary>
    private protected async Task<Sipp> StartCalleeAsync(Scenario scenario, SippOptions? options = null)
    {
        var sipp = await Sipp.StartAsync(scenario, options ?? new SippOptions());
        _sipps.Add(sipp);
        return sipp;
    }

    /// <summary>Starts a SIPp that calls the server.</summary>
    private protected async Task<Sipp> StartCallerAsync(Scenario scenario, SippOptions? options = null)
    {
        options ??= new SippOptions();
        var sipp = await Sipp.StartAsync(scenario, options, (options.Tcp ? Server.Tcp : Server.Udp).ToString());
        _sipps.Add(sipp);
        return sipp;
    }

    /// <summary>Plays a caller to its end, which must be a good one.</summary>
    private protected async Task<Sipp> CallAsync(Scenario scenario, SippOptions? options = null)
    {
        var sipp = await StartCallerAsync(scenario, options);
        await SucceedAsync(sipp);
        return sipp;
    }

    private protected async Task SucceedAsync(params Sipp[] sipps)
    {
        foreach (var sipp in sipps)
            Assert.True(await sipp.SucceedsAsync(), Story("SIPp's scenario was not played to its end."));
    }

    /// <summary>Everything that was seen, for a failed test.</summary>
    private protected string Story(string headline) =>
        $"{headline}\n{string.Concat(_sipps.Select(sipp => sipp.Describe() + "\n"))}{string.Concat(_apps.Select(app => app.Describe() + "\n"))}{Server.Describe()}";

    /// <summary>An assertion that tells everything when it fails.</summary>
    private protected void Check(bool holds, string headline) => Assert.True(holds, holds ? "" : Story(headline));
}
