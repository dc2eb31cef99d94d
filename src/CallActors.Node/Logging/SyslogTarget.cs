using System.Globalization;
using System.Net.Sockets;
using System.Text;
using CallActors.Server.Configuration;
using Serilog.Events;

namespace CallActors.Node.Logging;

/// <summary>Sends each record as one datagram to a syslog daemon: RFC 3164 §4.1.</summary>
internal sealed class SyslogTarget : ILogTarget
{
    private const int MaxDatagram = 32 * 1024;
    private readonly UdpClient _socket;
    private readonly int _facility;
    private readonly string _tag = string.Create(CultureInfo.InvariantCulture, $"{Environment.MachineName} callactors[{Environment.ProcessId}]: ");

    /// <exception cref="SocketException">The daemon's host has no address.</exception>
    public SyslogTarget(SyslogOptions options)
    {
        _facility = options.Facility;
        _socket = new UdpClient(options.Address, options.Port);
    }

    public void Write(LogEvent entry, string line)
    {
        var header = string.Create(CultureInfo.InvariantCulture, $"<{_facility * 8 + SeverityOf(entry.Level)}>{entry.Timestamp:MMM} {entry.Timestamp.Day,2} {entry.Timestamp:HH:mm:ss} ");
        // The daemon puts its own time before the text, so ours stays out of it.
        var text = line.AsSpan(LineTimeLength).TrimEnd();
        var datagram = Encoding.UTF8.GetBytes(string.Concat(header, _tag, text));
        _socket.Client.Send(datagram.AsSpan(0, Math.Min(datagram.Length, MaxDatagram)));
    }

    public void Flush()
    {
    }

    public void Dispose() => _socket.Dispose();

    private const int LineTimeLength = 27;

    private static int SeverityOf(LogEventLevel level) => level switch
    {
        LogEventLevel.Fatal => 5,
        LogEventLevel.Error => 2,
        LogEventLevel.Warning => 4,
        LogEventLevel.Information => 6,
        _ => 7,
    };
}
