namespace CallActors.Server.Configuration;

/// <summary>The <c>&lt;logging&gt;</c> element of the configuration file.</summary>
internal static class LogSection
{
    private const int Local0 = 16;

    public static LogOptions Read(XmlSection logging, LogOptions below, Findings findings)
    {
        logging.Ignore("sofia-loglevel");       // It sets the verbosity of a stack that is not in here.
        var options = below with
        {
            Level = logging.Child("loglevel")?.Verbosity() ?? below.Level,
            Console = logging.Section("console") is not null || below.Console,
        };
        if (logging.Section("file") is { } file) options = options with { File = LogFile(file, findings) };
        if (logging.Section("syslog") is { } syslog) options = options with { Syslog = Syslog(syslog, findings) };
        logging.Close();
        return options;
    }

    private static LogFileOptions? LogFile(XmlSection section, Findings findings)
    {
        var name = section.Child("name")?.Text;
        if (name is null) findings.Error(section.Place, "the log file has no name; write for example <name>/var/log/drachtio/drachtio.log</name>");
        var options = new LogFileOptions { Name = name ?? "" };
        options = options with
        {
            Archive = section.Child("archive")?.Text ?? options.Archive,
            Size = section.Child("size")?.Megabytes() ?? options.Size,
            MaxSize = section.Child("maxSize")?.Megabytes() ?? options.MaxSize,
            MinFree = section.Child("minSize")?.Megabytes(least: 0) ?? options.MinFree,
            MaxFiles = section.Child("maxFiles")?.Integer("a number of files", 1) ?? options.MaxFiles,
            AutoFlush = section.Child("auto-flush")?.Switch() ?? options.AutoFlush,
        };
        section.Close();
        return name is null ? null : options;
    }

    private static SyslogOptions? Syslog(XmlSection section, Findings findings)
    {
        var address = section.Child("address")?.Text;
        if (address is null) findings.Error(section.Place, "the syslog daemon has no address; write for example <address>127.0.0.1</address>");
        var options = new SyslogOptions { Address = address ?? "" };
        options = options with
        {
            Port = section.Child("port")?.Port(least: 1) ?? options.Port,
            Facility = section.Child("facility") is { } facility ? Facility(facility) : options.Facility,
        };
        section.Close();
        return address is null ? null : options;
    }

    private static int Facility(Setting setting)
    {
        if (setting.Text is ['l' or 'L', 'o' or 'O', 'c' or 'C', 'a' or 'A', 'l' or 'L', >= '0' and <= '7' and var digit]) return Local0 + digit - '0';
        setting.Findings.Error(setting.Place, $"'{setting.Text}' is not a syslog facility; write local0 to local7");
        return Local0;
    }
}
