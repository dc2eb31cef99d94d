using System.Collections;
using CallActors.Net;
using CallActors.Node;
using CallActors.Node.CommandLine;
using CallActors.Server.Configuration;
using Microsoft.Extensions.Logging;

NetTuning.Apply();

var environment = Environment.GetEnvironmentVariables()
    .Cast<DictionaryEntry>()
    .ToDictionary(entry => (string)entry.Key, entry => (string?)entry.Value ?? "", StringComparer.Ordinal);
var run = new NodeRun(Make, environment, Console.Out, Console.Error);
return await new RootCommandLine(run.RunAsync).RunAsync(args, Console.Out, Console.Error).ConfigureAwait(false);

static INodePart Make(NodeRole role, ServerOptions options, RuntimeSettings settings, ILoggerFactory loggers) => role switch
{
    NodeRole.Server => new Signalling(options, loggers),
    NodeRole.Runtime => new RuntimePart(settings, options, loggers),
    _ => new AllInOne(options, settings, loggers),
};
