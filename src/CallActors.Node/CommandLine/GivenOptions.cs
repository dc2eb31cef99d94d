using System.Collections.Immutable;
using System.CommandLine.Parsing;
using CallActors.Server.Configuration;

namespace CallActors.Node.CommandLine;

/// <summary>The options given on one command line, in their order: the order tells which contact an external IP belongs to.</summary>
internal sealed class GivenOptions
{
    private static readonly Dictionary<string, ServeOption> ByName = ServeOptions.All.Concat(RunOptions.All)
        .SelectMany(option => option.Option.Aliases.Append(option.Name).Select(name => (name, option)))
        .ToDictionary(pair => pair.name, pair => pair.option);

    private readonly List<(ServeOption Option, string Value)> _given = [];
    private readonly List<string> _stray = [];

    public GivenOptions(IEnumerable<Token> tokens)
    {
        ServeOption? awaiting = null;
        foreach (var token in tokens)
        {
            if (token.Type is TokenType.Option && ByName.TryGetValue(token.Value, out var option))
            {
                if (option.TakesValue) awaiting = option;
                else _given.Add((option, ""));
            }
            else if (token.Type is TokenType.Argument)
            {
                if (awaiting is null) _stray.Add(token.Value);
                else _given.Add((awaiting, token.Value));
                awaiting = null;
            }
        }
    }

    /// <summary>The value of an option; the later one holds, null when it is not given.</summary>
    public string? Value(string name) => _given.FindLast(given => given.Option.Name == name).Value;

    /// <summary>All values of an option, in their order.</summary>
    public IReadOnlyList<string> Values(string name) => [.. _given.Where(given => given.Option.Name == name).Select(given => given.Value)];

    /// <summary>Whether an option is given.</summary>
    public bool Has(string name) => _given.Exists(given => given.Option.Name == name);

    /// <summary>Applies the options over those of the other sources.</summary>
    public ServerOptions Apply(ServerOptions options, Findings findings)
    {
        foreach (var word in _stray)
            findings.Warn(word, word.StartsWith('-') ? "unknown option; it has no effect (see --help)" : "stray argument; it has no effect");

        var contacts = new List<ContactOptions>();
        ImmutableArray<RequestHandlerOptions> handlers = [];
        foreach (var (option, value) in _given)
        {
            var setting = new Setting(value.Trim(), option.Name, findings);
            switch (option.Name)
            {
                case ServeOptions.Contact:
                    // One that cannot be read still takes the options after it, so that each mistake is reported once.
                    contacts.Add(setting.Contact() ?? ContactOptions.Default);
                    break;
                case ServeOptions.ExternalIp or ServeOptions.LocalNet or ServeOptions.DnsName:
                    if (contacts.Count == 0) findings.Error(option.Name, "no --contact stands before it; write it after the contact it belongs to");
                    else contacts[^1] = Amend(contacts[^1], setting);
                    break;
                case ServeOptions.HttpHandler:
                    if (setting.HandlerUrl() is { } url) handlers = [new() { Url = setting.Text, Target = url, VerifyPeer = true }];
                    break;
                default:
                    options = option.Apply(options, setting);
                    break;
            }
        }
        if (contacts.Count > 0) options = options with { Contacts = [.. contacts] };
        return options with { RequestHandlers = Handlers(handlers.IsEmpty ? options.RequestHandlers : handlers, handlers.IsEmpty, findings) };
    }

    private static ContactOptions Amend(ContactOptions contact, Setting setting)
    {
        switch (setting.Place)
        {
            case ServeOptions.DnsName:
                return contact with { DnsNames = contact.DnsNames.AddRange(setting.Items()) };
            case ServeOptions.ExternalIp when contact.ExternalIp is null:
                return contact with { ExternalIp = setting.IPv4Address() };
            case ServeOptions.LocalNet when contact.LocalNet is null:
                return contact with { LocalNet = setting.IPv4Network() };
            default:
                setting.Findings.Error(setting.Place, $"the contact {contact.Text} has one already; write it once after each --contact");
                return contact;
        }
    }

    private ImmutableArray<RequestHandlerOptions> Handlers(ImmutableArray<RequestHandlerOptions> handlers, bool isElsewhere, Findings findings)
    {
        if (Value(ServeOptions.HttpMethod) is not { } method) return handlers;
        var setting = new Setting(method.Trim(), ServeOptions.HttpMethod, findings);
        if (handlers.IsEmpty || (isElsewhere && handlers is not [{ Method: RequestHandlerOptions.AnyMethod }]))
            findings.Error(setting.Place, "it says how --http-handler is asked, and there is none; add --http-handler <url>");
        else if (setting.IsPost() is { } usePost)
            return [handlers[0] with { UsePost = usePost }];
        return handlers;
    }
}
