using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Runtime.Serialization;

namespace CallActors.Serialization;

/// <summary>Every type of ours that leaves the process, with its one-character manifest. A new one is a new row.</summary>
internal static class MessageFormats
{
    /// <summary>In front of every message. It grows when a format changes, and the nodes of one release read the version before, too.</summary>
    public const byte Version = 1;

    /// <summary>The table.</summary>
    public static readonly ImmutableArray<MessageFormat> All =
    [
        .. LedgerFormats.All,
        .. CallFormats.All,
        .. ClusterFormats.All,
    ];

    private static readonly FrozenDictionary<Type, MessageFormat> ByType = All.ToFrozenDictionary(format => format.Type);
    private static readonly FrozenDictionary<char, MessageFormat> ByManifest = All.ToFrozenDictionary(format => format.Manifest);
    private static readonly FrozenDictionary<Type, string> Manifests = All.ToFrozenDictionary(format => format.Type, format => format.Manifest.ToString());

    /// <summary>The manifest of a message.</summary>
    public static string ManifestOf(object message) => Manifests.TryGetValue(message.GetType(), out var manifest) ? manifest : throw Unknown(message);

    /// <summary>The bytes of a message.</summary>
    public static byte[] Write(object message)
    {
        var writer = new WireWriter();
        Write(message, writer);
        return writer.ToArray();
    }

    /// <summary>Writes a message where there may be others.</summary>
    public static void Write(object message, WireWriter writer)
    {
        if (!ByType.TryGetValue(message.GetType(), out var format)) throw Unknown(message);
        writer.Byte(Version);
        format.Write(writer, message);
    }

    /// <summary>The message that these bytes are.</summary>
    /// <exception cref="SerializationException">They are none of ours.</exception>
    public static object Read(ReadOnlySpan<byte> bytes, string manifest)
    {
        if (manifest.Length != 1 || !ByManifest.TryGetValue(manifest[0], out var format)) throw new SerializationException($"No message of ours has the manifest '{manifest}'.");
        var reader = new WireReader(bytes);
        var version = reader.Byte();
        if (version != Version) throw WireReader.Bad($"version {version} is not known to this release, which writes {Version}");
        var message = format.Read(ref reader);
        reader.End();
        return message;
    }

    private static SerializationException Unknown(object message) =>
        new($"{message.GetType()} has no row in {nameof(MessageFormats)}, so it cannot leave this process.");
}
