using System.Globalization;
using System.Text;
using CallActors.Server.Configuration;
using Serilog.Events;

namespace CallActors.Node.Logging;

/// <summary>Writes log lines to one file, which moves to the archive when it is full and at midnight; the archive is kept within its bounds.</summary>
internal sealed class FileTarget : ILogTarget
{
    private readonly LogFileOptions _options;
    private readonly UnixFileMode _mode;
    private readonly TimeProvider _time;
    private readonly string _path;
    private readonly string _archive;
    private StreamWriter? _writer;
    private long _size;
    private DateTime _day;
    private string _lastStem = "";
    private int _number;

    /// <exception cref="IOException">The file or a directory cannot be made.</exception>
    public FileTarget(LogFileOptions options, bool isGloballyReadable, TimeProvider time)
    {
        _options = options;
        _time = time;
        _mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite;
        if (isGloballyReadable) _mode |= UnixFileMode.OtherRead;
        _path = Path.GetFullPath(options.Name);
        // A relative archive stands beside the file, wherever the server was started from.
        _archive = Path.GetFullPath(options.Archive, Path.GetDirectoryName(_path)!);
        Directory.CreateDirectory(Path.GetDirectoryName(_path)!);
        _writer = Open();
    }

    public void Write(LogEvent entry, string line)
    {
        var bytes = Encoding.UTF8.GetByteCount(line);
        if (_size > 0 && (_size + bytes > _options.Size || Today > _day)) Rotate();
        (_writer ??= Open()).Write(line);
        _size += bytes;
    }

    public void Flush()
    {
        if (_options.AutoFlush) _writer?.Flush();
    }

    public void Dispose() => _writer?.Dispose();

    private DateTime Today => _time.GetLocalNow().Date;

    private StreamWriter Open()
    {
        // A file from an earlier day is full as of its midnight.
        _day = File.Exists(_path) ? TimeZoneInfo.ConvertTimeFromUtc(File.GetLastWriteTimeUtc(_path), _time.LocalTimeZone).Date : Today;
        var options = new FileStreamOptions { Mode = FileMode.Append, Access = FileAccess.Write, Share = FileShare.ReadWrite | FileShare.Delete, BufferSize = 0 };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = _mode;
        var stream = new FileStream(_path, options);
        // The process's umask has taken bits away that the group is meant to have.
        if (!OperatingSystem.IsWindows() && stream.Length == 0) File.SetUnixFileMode(_path, _mode);
        _size = stream.Length;
        return new StreamWriter(stream, new UTF8Encoding(false), 64 * 1024);
    }

    private void Rotate()
    {
        _writer?.Dispose();
        _writer = null;
        Directory.CreateDirectory(_archive);
        var stem = Path.Combine(_archive, Path.GetFileNameWithoutExtension(_path) + _time.GetLocalNow().ToString("-yyyyMMdd-HHmmss", CultureInfo.InvariantCulture));
        // Every name has a number that only grows, so that their order is the order of their making, whatever was deleted since.
        if (stem != _lastStem) (_lastStem, _number) = (stem, 0);
        string full;
        do full = string.Create(CultureInfo.InvariantCulture, $"{stem}-{_number++:000}{Path.GetExtension(_path)}");
        while (File.Exists(full));
        File.Move(_path, full);
        Prune();
        _writer = Open();
        _day = Today;
    }

    private void Prune()
    {
        var files = new DirectoryInfo(_archive).GetFiles(Path.GetFileNameWithoutExtension(_path) + "-*" + Path.GetExtension(_path))
            .OrderBy(file => file.Name, StringComparer.Ordinal).ToList();
        var size = files.Sum(file => file.Length);
        while (files is [var oldest, ..] && (files.Count > _options.MaxFiles || size > _options.MaxSize || IsDiskFull()))
        {
            size -= oldest.Length;
            oldest.Delete();
            files.RemoveAt(0);
        }
    }

    private bool IsDiskFull() => _options.MinFree > 0 && new DriveInfo(_archive).AvailableFreeSpace < _options.MinFree;
}
