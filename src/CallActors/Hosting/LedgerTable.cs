using Akka.Actor.Setup;
using Akka.Configuration;
using CallActors.Ledger;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace CallActors.Hosting;

/// <summary>Makes the ledger's table before any actor runs. A database that is away keeps nobody from taking calls: it is tried again until it is there.</summary>
internal static partial class LedgerTable
{
    private static readonly TimeSpan s_again = TimeSpan.FromSeconds(5);

    /// <summary>What the actor system is set up with.</summary>
    public static Setup Open(Config config, IServiceProvider services)
    {
        var database = LedgerDatabase.From(config);
        var logger = services.GetRequiredService<ILoggerFactory>().CreateLogger("CallActors.Ledger");
        try
        {
            database.Prepare();
        }
        catch (IOException away)
        {
            LogAway(logger, away.Message);
            _ = TryAgain(database, services, logger);
        }

        return database.Setup();
    }

    private static async Task TryAgain(LedgerDatabase database, IServiceProvider services, ILogger logger)
    {
        var time = services.GetService<TimeProvider>() ?? TimeProvider.System;
        var stopping = services.GetService<IHostApplicationLifetime>()?.ApplicationStopping ?? CancellationToken.None;
        while (true)
        {
            try
            {
                await Task.Delay(s_again, time, stopping).ConfigureAwait(false);
                database.Prepare();
                LogThere(logger, database.Place);
                return;
            }
            catch (IOException)
            {
                // Said once.
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "{Reason} Calls are taken without a ledger; it is tried again until it can be used")]
    private static partial void LogAway(ILogger logger, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "the ledger can use {Place} now")]
    private static partial void LogThere(ILogger logger, string place);
}
