namespace CallActors.Hosting;

/// <summary>A configuration file that cannot be read; the message names the file and the line.</summary>
public sealed class HoconException : Exception
{
    /// <summary>With nothing said.</summary>
    public HoconException() { }

    /// <summary>With all of it said.</summary>
    public HoconException(string message) : base(message) { }

    /// <summary>With the failure it comes from.</summary>
    public HoconException(string message, Exception innerException) : base(message, innerException) { }

    internal HoconException(string file, int line, string what, Exception? cause = null) : base($"{file}, line {line}: {what}", cause) => (File, Line) = (file, line);

    /// <summary>The file, where one is at fault.</summary>
    public string? File { get; }

    /// <summary>The line in it, from 1; 0 where none is at fault.</summary>
    public int Line { get; }
}
