using System.Buffers;

namespace CallActors.Control;

/// <summary>What a server grants beyond the base protocol.</summary>
[Flags]
public enum ExtensionFeatures : byte
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary><c>session</c>: a key and a blob attached to dialogs.</summary>
    Session = 1,

    /// <summary><c>adopt</c>: a lost application's sessions are offered, and claimed.</summary>
    Adopt = 2,

    /// <summary><c>restore</c>: dialogs are given back to a server that does not know them.</summary>
    Restore = 4,

    /// <summary><c>heartbeat</c>: a connection without a sign of life ends.</summary>
    Heartbeat = 8,

    /// <summary>All of them.</summary>
    All = Session | Adopt | Restore | Heartbeat,
}

/// <summary>The last token of <c>authenticate</c> and of its answer: <c>callactors/1;name=value;…</c>; a view over the token.</summary>
/// <remarks>The application names itself (<see cref="App"/>, <see cref="Node"/>), the server its run and what it grants (<see cref="Server"/>,
/// <see cref="Features"/>). The default value is that of an end which knows no extensions, and is written as no token at all.</remarks>
public readonly ref struct Extensions
{
    /// <summary>How long a value may be, in bytes.</summary>
    public const int MaxValue = 64;

    private static readonly SearchValues<byte> NameBytes =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._+@:-"u8);

    private static readonly SearchValues<byte> NodeBytes =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._+@:-[]"u8);

    private Extensions(ReadOnlySpan<byte> app, ReadOnlySpan<byte> node, ReadOnlySpan<byte> server, ExtensionFeatures features)
    {
        App = app;
        Node = node;
        Server = server;
        Features = features;
    }

    /// <summary>The application's name, the same in all its processes; empty in a server's answer.</summary>
    public ReadOnlySpan<byte> App { get; }

    /// <summary>The process: host and port at which the application's other processes know it; empty in a server's answer.</summary>
    public ReadOnlySpan<byte> Node { get; }

    /// <summary>The run of the server; empty in what an application asks.</summary>
    public ReadOnlySpan<byte> Server { get; }

    /// <summary>What the server grants.</summary>
    public ExtensionFeatures Features { get; }

    /// <summary>Whether an application asks for extensions: both of its names are there.</summary>
    public bool IsAsked => !App.IsEmpty && !Node.IsEmpty;

    /// <summary>Whether a server grants extensions: it names itself.</summary>
    public bool IsGranted => !Server.IsEmpty;

    internal int Length
    {
        get
        {
            if (IsAsked) return Product.Length + AppIs.Length + App.Length + NodeIs.Length + Node.Length;
            return IsGranted ? Product.Length + ServerIs.Length + Server.Length + FeaturesAre.Length + FeaturesLength : 0;
        }
    }

    private static ReadOnlySpan<byte> Product => "callactors/1"u8;

    private static ReadOnlySpan<byte> AppIs => ";app="u8;

    private static ReadOnlySpan<byte> NodeIs => ";node="u8;

    private static ReadOnlySpan<byte> ServerIs => ";server="u8;

    private static ReadOnlySpan<byte> FeaturesAre => ";features="u8;

    private int FeaturesLength
    {
        get
        {
            var length = 0;
            for (var bit = 1; bit <= (int)ExtensionFeatures.Heartbeat; bit <<= 1)
                if (((int)Features & bit) != 0) length += Word((ExtensionFeatures)bit).Length + (length == 0 ? 0 : 1);
            return length;
        }
    }

    /// <summary>What an application asks with.</summary>
    /// <param name="app">Its name (<see cref="IsName"/>).</param>
    /// <param name="node">Its process (<see cref="IsNode"/>).</param>
    public static Extensions Ask(ReadOnlySpan<byte> app, ReadOnlySpan<byte> node) => new(app, node, default, default);

    /// <summary>What a server answers with.</summary>
    /// <param name="server">The name of its run (<see cref="IsName"/>).</param>
    /// <param name="features">What it grants.</param>
    public static Extensions Grant(ReadOnlySpan<byte> server, ExtensionFeatures features) => new(default, default, server, features);

    /// <summary>Whether the bytes can name an application or a server: 1 to 64 letters, digits and <c>. _ + @ : -</c>.</summary>
    public static bool IsName(ReadOnlySpan<byte> name) => name.Length is > 0 and <= MaxValue && !name.ContainsAnyExcept(NameBytes);

    /// <summary>Whether the bytes can name a process: those of a name, and <c>[ ]</c> for the address of RFC 3986.</summary>
    public static bool IsNode(ReadOnlySpan<byte> node) => node.Length is > 0 and <= MaxValue && !node.ContainsAnyExcept(NodeBytes);

    /// <summary>Reads the token. Parameters and features that are not known are left out; of one given twice the last counts.</summary>
    /// <returns>False for another product or version, and where a name has bytes that none may have.</returns>
    public static bool TryParse(ReadOnlySpan<byte> token, out Extensions extensions)
    {
        extensions = default;
        ReadOnlySpan<byte> app = default, node = default, server = default;
        var features = ExtensionFeatures.None;
        var isProduct = true;
        foreach (var part in new TokenList(token, (byte)';'))
        {
            if (isProduct && !part.SequenceEqual(Product)) return false;
            isProduct = false;
            if (TryValue(part, AppIs, ref app) && !IsName(app)) return false;
            if (TryValue(part, NodeIs, ref node) && !IsNode(node)) return false;
            if (TryValue(part, ServerIs, ref server) && !IsName(server)) return false;
            ReadOnlySpan<byte> list = default;
            if (TryValue(part, FeaturesAre, ref list)) features = FeaturesOf(list);
        }
        if (isProduct) return false;
        extensions = new(app, node, server, features);
        return true;
    }

    internal void WriteTo(ref ControlFrameWriter frame)
    {
        frame.Token(Product);
        if (IsAsked)
        {
            frame.Bytes(AppIs);
            frame.Token(App);
            frame.Bytes(NodeIs);
            frame.Token(Node);
            return;
        }
        frame.Bytes(ServerIs);
        frame.Token(Server);
        frame.Bytes(FeaturesAre);
        var isFirst = true;
        for (var bit = 1; bit <= (int)ExtensionFeatures.Heartbeat; bit <<= 1)
        {
            if (((int)Features & bit) == 0) continue;
            if (!isFirst) frame.Bytes(","u8);
            isFirst = false;
            frame.Bytes(Word((ExtensionFeatures)bit));
        }
    }

    private static ReadOnlySpan<byte> Word(ExtensionFeatures feature) => feature switch
    {
        ExtensionFeatures.Session => "session"u8,
        ExtensionFeatures.Adopt => "adopt"u8,
        ExtensionFeatures.Restore => "restore"u8,
        _ => "heartbeat"u8,
    };

    private static ExtensionFeatures FeaturesOf(ReadOnlySpan<byte> list)
    {
        var features = ExtensionFeatures.None;
        foreach (var word in new TokenList(list, (byte)','))
        {
            for (var bit = 1; bit <= (int)ExtensionFeatures.Heartbeat; bit <<= 1)
                if (word.SequenceEqual(Word((ExtensionFeatures)bit))) features |= (ExtensionFeatures)bit;
        }
        return features;
    }

    // The parameter's name stands behind the semicolon that the list has taken off.
    private static bool TryValue(ReadOnlySpan<byte> part, ReadOnlySpan<byte> name, ref ReadOnlySpan<byte> value)
    {
        if (!part.StartsWith(name[1..])) return false;
        value = part[(name.Length - 1)..];
        return true;
    }
}
