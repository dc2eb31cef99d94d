using System.Globalization;
using System.Xml;
using System.Xml.Linq;

namespace CallActors.Server.Configuration;

/// <summary>One element of the configuration file while it is read. It remembers what was asked for, so that <see cref="Close"/> can name the rest.</summary>
internal sealed class XmlSection(XElement element, string file, Findings findings)
{
    private readonly HashSet<XObject> _read = [];

    /// <summary>Where the element stands: file, line, column.</summary>
    public string Place => PlaceOf(element);

    /// <summary>The element's own text; null when there is none.</summary>
    public Setting? Text => Of(string.Concat(element.Nodes().OfType<XText>().Select(text => text.Value)), element);

    /// <summary>An attribute's text; null when it is absent or empty.</summary>
    public Setting? Attribute(string name) => AnyAttribute(name) is { Text.Length: > 0 } setting ? setting : null;

    /// <summary>An attribute's text, which may be empty; null when it is absent.</summary>
    public Setting? AnyAttribute(string name)
    {
        if (element.Attribute(name) is not { } attribute) return null;
        _read.Add(attribute);
        return new Setting(attribute.Value.Trim(), PlaceOf(attribute), findings);
    }

    /// <summary>The text of a child that holds nothing else; null when it is absent or empty.</summary>
    public Setting? Child(string name)
    {
        if (Section(name) is not { } child) return null;
        child.Close();
        return child.Text;
    }

    /// <summary>A child element that may stand once; the first one holds.</summary>
    public XmlSection? Section(string name)
    {
        XmlSection? first = null;
        foreach (var child in element.Elements(name))
        {
            _read.Add(child);
            if (first is null) first = new XmlSection(child, file, findings);
            else findings.Warn(PlaceOf(child), $"<{name}> stands here a second time; the first one holds");
        }
        return first;
    }

    /// <summary>Every child element of a name.</summary>
    public IEnumerable<XmlSection> Sections(string name)
    {
        foreach (var child in element.Elements(name))
        {
            _read.Add(child);
            yield return new XmlSection(child, file, findings);
        }
    }

    /// <summary>Says that an element is known, and that what it asks for does not exist yet.</summary>
    public void Unavailable(string name, string feature)
    {
        if (Section(name) is { } child) findings.Warn(child.Place, $"{feature} is not available in this version; <{name}> has no effect");
    }

    /// <summary>Says that an element is known and changes nothing here.</summary>
    public void Ignore(string name) => Section(name);

    /// <summary>Names every element and attribute that nobody asked for.</summary>
    public void Close()
    {
        foreach (var attribute in element.Attributes())
            if (!attribute.IsNamespaceDeclaration && !_read.Contains(attribute))
                findings.Warn(PlaceOf(attribute), $"<{element.Name.LocalName}> has no attribute '{attribute.Name.LocalName}'; it has no effect");
        foreach (var child in element.Elements())
            if (!_read.Contains(child))
                findings.Warn(PlaceOf(child), $"unknown element <{child.Name.LocalName}> in <{element.Name.LocalName}>; it has no effect");
    }

    private Setting? Of(string text, XObject node)
    {
        var trimmed = text.Trim();
        return trimmed.Length == 0 ? null : new Setting(trimmed, PlaceOf(node), findings);
    }

    private string PlaceOf(XObject node)
    {
        var info = (IXmlLineInfo)node;
        return string.Create(CultureInfo.InvariantCulture, $"{file}:{info.LineNumber}:{info.LinePosition}");
    }
}
