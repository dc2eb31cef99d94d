using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Xml;
using System.Xml.Linq;

namespace CallActors.Presence;

/// <summary>
/// The body of a NOTIFY of the event package <c>dialog</c>: the dialogs of one user as <c>application/dialog-info+xml</c> (RFC 4235 §4). What lamps on desks are lit by.
/// </summary>
/// <param name="entity">The watched user's URI.</param>
/// <param name="version">Counts the documents of one subscription, from 0.</param>
/// <param name="isFull">Whether it tells of all dialogs, or only of those that changed.</param>
/// <param name="dialogs">The dialogs.</param>
public sealed class DialogStateDocument(string entity, uint version, bool isFull, ImmutableArray<DialogStateChanged> dialogs)
{
    /// <summary>The Content-Type of such a body.</summary>
    public const string ContentType = "application/dialog-info+xml";

    private static readonly XNamespace Namespace = "urn:ietf:params:xml:ns:dialog-info";
    private static readonly XmlReaderSettings Closed = new() { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null };

    private static readonly (DialogEnding Ending, string Word)[] Endings =
    [
        (DialogEnding.Cancelled, "cancelled"), (DialogEnding.Rejected, "rejected"), (DialogEnding.Replaced, "replaced"), (DialogEnding.LocalBye, "local-bye"),
        (DialogEnding.RemoteBye, "remote-bye"), (DialogEnding.Error, "error"), (DialogEnding.Timeout, "timeout"),
    ];

    /// <summary>The watched user's URI.</summary>
    public string Entity { get; } = entity;

    /// <summary>Counts the documents of one subscription, from 0.</summary>
    public uint Version { get; } = version;

    /// <summary>Whether it tells of all dialogs, or only of those that changed.</summary>
    public bool IsFull { get; } = isFull;

    /// <summary>The dialogs.</summary>
    public ImmutableArray<DialogStateChanged> Dialogs { get; } = dialogs;

    /// <summary>Reads a document; false when it is none. Dialogs without an id or a state that is known are left out.</summary>
    public static bool TryRead(string text, [NotNullWhen(true)] out DialogStateDocument? document)
    {
        document = null;
        try
        {
            using var reader = XmlReader.Create(new StringReader(text), Closed);
            var root = XElement.Load(reader);
            if (root.Name != Namespace + "dialog-info" || (string?)root.Attribute("entity") is not { } entity) return false;
            if (!uint.TryParse((string?)root.Attribute("version"), out var version)) return false;
            var dialogs = ImmutableArray.CreateBuilder<DialogStateChanged>();
            foreach (var element in root.Elements(Namespace + "dialog"))
            {
                if (Read(element, entity) is { } dialog) dialogs.Add(dialog);
            }
            document = new(entity, version, (string?)root.Attribute("state") == "full", dialogs.DrainToImmutable());
            return true;
        }
        catch (XmlException)
        {
            // The one way to learn from this reader that a peer's text is no XML.
            return false;
        }
    }

    /// <summary>The document.</summary>
    public override string ToString()
    {
        var root = new XElement(
            Namespace + "dialog-info",
            new XAttribute("version", Version), new XAttribute("state", IsFull ? "full" : "partial"), new XAttribute("entity", Clean(Entity)));
        foreach (var dialog in Dialogs) root.Add(Write(dialog));
        return $"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\r\n{root.ToString(SaveOptions.DisableFormatting)}\r\n";
    }

    private static XElement Write(DialogStateChanged change)
    {
        var state = new XElement(Namespace + "state", change.IsOver ? "terminated" : Word(change.State));
        if (WordOf(change.Ending) is { } word) state.Add(new XAttribute("event", word));
        if (change.Status > 0) state.Add(new XAttribute("code", change.Status));

        var dialog = change.Dialog;
        var element = new XElement(Namespace + "dialog", new XAttribute("id", Clean(dialog.Id)));
        Attribute("call-id", dialog.CallId);
        Attribute("local-tag", change.LocalTag);
        Attribute("remote-tag", change.RemoteTag);
        Attribute("direction", Word(dialog.Direction));
        element.Add(state, Party("local", dialog.User), Party("remote", dialog.Peer));
        return element;

        void Attribute(string name, string value)
        {
            if (value.Length > 0) element.Add(new XAttribute(name, Clean(value)));
        }
    }

    private static XElement? Party(string name, string uri) => uri.Length == 0 ? null
        : new(Namespace + name, new XElement(Namespace + "identity", Clean(uri)), new XElement(Namespace + "target", new XAttribute("uri", Clean(uri))));

    private static DialogStateChanged? Read(XElement element, string entity)
    {
        if ((string?)element.Attribute("id") is not { } id || element.Element(Namespace + "state") is not { } state) return null;
        var ending = EndingOf((string?)state.Attribute("event"));
        DialogState? known = state.Value.Trim() switch
        {
            "trying" => DialogState.Trying,
            "proceeding" => DialogState.Proceeding,
            "early" => DialogState.Early,
            "confirmed" => DialogState.Confirmed,
            "terminated" => ending switch
            {
                DialogEnding.Cancelled => DialogState.Cancelled,
                DialogEnding.Rejected => DialogState.Rejected,
                _ => DialogState.Terminated,
            },
            _ => null,
        };
        if (known is null) return null;
        var direction = (string?)element.Attribute("direction") == "recipient" ? DialogDirection.Recipient : DialogDirection.Initiator;
        var (local, remote) = (Text("local-tag"), Text("remote-tag"));
        var (from, to) = direction == DialogDirection.Initiator ? (local, remote) : (remote, local);
        var dialog = new WatchedDialog(id, direction, Identity("local") ?? entity, Identity("remote") ?? "", Text("call-id"), from);
        return new(dialog, known.Value, to, ending, int.TryParse((string?)state.Attribute("code"), out var status) ? status : 0);

        string Text(string name) => (string?)element.Attribute(name) ?? "";
        string? Identity(string party) => (string?)element.Element(Namespace + party)?.Element(Namespace + "identity");
    }

    private static string Word(DialogState state) => state switch
    {
        DialogState.Trying => "trying",
        DialogState.Proceeding => "proceeding",
        DialogState.Early => "early",
        _ => "confirmed",
    };

    private static string Word(DialogDirection direction) => direction == DialogDirection.Initiator ? "initiator" : "recipient";

    private static string? WordOf(DialogEnding ending)
    {
        foreach (var (known, word) in Endings)
        {
            if (known == ending) return word;
        }
        return null;
    }

    private static DialogEnding EndingOf(string? word)
    {
        foreach (var (ending, known) in Endings)
        {
            if (known == word) return ending;
        }
        return DialogEnding.None;
    }

    // SIP lets characters through that XML cannot hold in any form.
    private static string Clean(string text)
    {
        foreach (var here in text)
        {
            if (!XmlConvert.IsXmlChar(here)) return string.Concat(text.Where(XmlConvert.IsXmlChar));
        }
        return text;
    }
}
