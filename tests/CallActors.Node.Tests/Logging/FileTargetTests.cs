using CallActors.Node.Logging;
using CallActors.Server.Configuration;
using Microsoft.Extensions.Time.Testing;
using Serilog.Events;
using Serilog.Parsing;

namespace CallActors.Node.Tests.Logging;

public sealed class FileTargetTests : IDisposable
{
    private static readonly LogEvent Event = new(DateTimeOffset.UnixEpoch, LogEventLevel.Information, null, new MessageTemplate([new TextToken("")]), []);

    private readonly string _folder = Directory.CreateTempSubdirectory("callactors-log-").FullName;
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2024, 3, 1, 23, 59, 58, TimeSpan.Zero));

    private string Name => Path.Combine(_folder, "deep", "drachtio.log");

    private string[] Archived => Directory.Exists(Path.Combine(_folder, "deep", "archive"))
        ? [.. Directory.GetFiles(Path.Combine(_folder, "deep", "archive")).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)]
        : [];

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Lines_are_appended_and_visible_after_a_flush()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Name)!);
        File.WriteAllText(Name, "before\n");
        using var target = Target(new() { Name = Name });
        target.Write(Event, "one\n");
        target.Write(Event, "two ü\n");
        target.Flush();
        Assert.Equal("before\none\ntwo ü\n", Read(Name));
    }

    [Fact]
    public void A_full_file_moves_to_the_archive_between_two_lines()
    {
        using (var target = Target(new() { Name = Name, Size = 10 }))
        {
            foreach (var line in new[] { "123456\n", "789\n", "too long for any file\n", "end\n" }) target.Write(Event, line);
        }
        Assert.Equal(["drachtio-20240301-235958-000.log", "drachtio-20240301-235958-001.log", "drachtio-20240301-235958-002.log"], Archived);
        Assert.Equal("123456\n", Read("drachtio-20240301-235958-000.log"));
        Assert.Equal("789\n", Read("drachtio-20240301-235958-001.log"));
        Assert.Equal("end\n", Read(Name));
    }

    [Fact]
    public void At_midnight_a_new_file_begins()
    {
        using var target = Target(new() { Name = Name });
        target.Write(Event, "old\n");
        _clock.Advance(TimeSpan.FromSeconds(3));
        target.Write(Event, "new\n");
        target.Flush();
        Assert.Equal(["drachtio-20240302-000001-000.log"], Archived);
        Assert.Equal("new\n", Read(Name));
    }

    [Fact]
    public void The_archive_keeps_the_latest_files_within_its_count()
    {
        using var target = Target(new() { Name = Name, Size = 1, MaxFiles = 2 });
        for (var line = 0; line < 5; line++)
        {
            target.Write(Event, $"{line}\n");
            _clock.Advance(TimeSpan.FromMilliseconds(300));
        }
        Assert.Equal(["2\n", "3\n"], Archived.Select(Read).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_archive_keeps_the_latest_files_within_its_size()
    {
        using var target = Target(new() { Name = Name, Size = 1, MaxSize = 5 });
        for (var line = 0; line < 5; line++)
        {
            target.Write(Event, $"{line}\n");
            _clock.Advance(TimeSpan.FromMinutes(1));
        }
        Assert.Equal(["2\n", "3\n"], Archived.Select(Read).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(false, "rw-rw----")]
    [InlineData(true, "rw-rw-r--")]
    public void Owner_and_group_may_read_it_and_others_when_asked_for(bool isGloballyReadable, string mode)
    {
        if (OperatingSystem.IsWindows()) return;
        using var target = Target(new() { Name = Name }, isGloballyReadable);
        var bits = File.GetUnixFileMode(Name);
        var text = string.Concat("rwxrwxrwx".Select((letter, index) => bits.HasFlag((UnixFileMode)(0x100 >> index)) ? letter : '-'));
        Assert.Equal(mode, text);
    }

    private FileTarget Target(LogFileOptions options, bool isGloballyReadable = false) => new(options, isGloballyReadable, _clock);

    private string Read(string name)
    {
        using var stream = new FileStream(Path.IsPathRooted(name) ? name : Path.Combine(_folder, "deep", "archive", name), FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
