using System.Collections;
using CallActors.Net;
using CallActors.Node;
using CallActors.Node.CommandLine;

NetTuning.Apply();

var environment = Environment.GetEnvironmentVariables()
    .Cast<DictionaryEntry>()
    .ToDictionary(entry => (string)entry.Key, entry => (string?)entry.Value ?? "", StringComparer.Ordinal);
var run = new ServeRun(static (options, loggers) => new Signalling(options, loggers), environment, Console.Out, Console.Error);
return await new RootCommandLine(run.RunAsync).RunAsync(args, Console.Out, Console.Error).ConfigureAwait(false);
