namespace CallActors.Serialization;

/// <summary>How one type of message is written and read.</summary>
/// <param name="Manifest">One character that names the type on the wire and on disk; never given to another type.</param>
/// <param name="Type">The type.</param>
/// <param name="Write">Writes one.</param>
/// <param name="Read">Reads one, all of it but its version.</param>
internal sealed record MessageFormat(char Manifest, Type Type, Action<WireWriter, object> Write, MessageFormat.Reader Read)
{
    /// <summary>Reads one message; throws nothing but a SerializationException.</summary>
    public delegate object Reader(ref WireReader reader);

    /// <summary>Reads one <typeparamref name="T"/>.</summary>
    public delegate T Reader<out T>(ref WireReader reader);

    /// <summary>A row of the table.</summary>
    public static MessageFormat Of<T>(char manifest, Action<WireWriter, T> write, Reader<T> read) where T : notnull =>
        new(manifest, typeof(T), (writer, message) => write(writer, (T)message), (ref WireReader reader) => read(ref reader));
}
