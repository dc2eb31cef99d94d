using System.Text.Json;
using Microsoft.Win32.SafeHandles;

namespace CallActors.Node;

/// <summary>Call detail records as a file: one line of JSON for each call that is over.</summary>
/// <remarks>
/// A record is with the operating system before the call's actor goes on, so that none is lost with the process, and is a write of less than a kilobyte. Each is put at the end of the
/// file as it is then: whoever rotates it may copy and truncate.
/// </remarks>
internal sealed class CallRecordFile : ICallRecordSink, IDisposable
{
    private readonly SafeFileHandle _file;
    private readonly Lock _lock = new();
    private bool _isCut;

    /// <param name="path">The file; it is made when it is not there, and added to when it is.</param>
    /// <exception cref="IOException">The file cannot be opened.</exception>
    public CallRecordFile(string path)
    {
        try
        {
            _file = File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
            _isCut = !EndsInALine();
        }
        catch (UnauthorizedAccessException refused)
        {
            throw new IOException($"the call records cannot be written ({refused.Message.TrimEnd('.')}); choose another --call-records", refused);
        }
        catch (IOException failed)
        {
            throw new IOException($"the call records cannot be written ({failed.Message.TrimEnd('.')}); choose another --call-records", failed);
        }
    }

    /// <inheritdoc/>
    public void Write(CallRecord record)
    {
        var line = LineOf(record);
        lock (_lock)
        {
            // What a full disk or a crash left of a line must not spoil the next one.
            if (_isCut) RandomAccess.Write(_file, "\n"u8, RandomAccess.GetLength(_file));
            _isCut = true;
            RandomAccess.Write(_file, line, RandomAccess.GetLength(_file));
            _isCut = false;
        }
    }

    public void Dispose() => _file.Dispose();

    private bool EndsInALine()
    {
        var length = RandomAccess.GetLength(_file);
        Span<byte> last = [(byte)'\n'];
        if (length > 0) RandomAccess.Read(_file, last, length - 1);
        return last[0] == '\n';
    }

    private static byte[] LineOf(CallRecord record)
    {
        using var line = new MemoryStream();
        using (var json = new Utf8JsonWriter(line))
        {
            json.WriteStartObject();
            json.WriteString("key", record.Key.ToString());
            json.WriteString("flow", record.Flow);
            json.WriteString("started", record.StartedAt);
            if (record.AnsweredAt is { } answered) json.WriteString("answered", answered);
            json.WriteString("ended", record.EndedAt);
            if (record.HasFailed) json.WriteBoolean("failed", true);
            json.WriteStartArray("legs");
            foreach (var leg in record.Legs) Write(json, leg);
            json.WriteEndArray();
            json.WriteEndObject();
        }
        line.WriteByte((byte)'\n');
        return line.ToArray();
    }

    private static void Write(Utf8JsonWriter json, LegRecord leg)
    {
        json.WriteStartObject();
        json.WriteString("direction", leg.IsIncoming ? "in" : "out");
        json.WriteString("callId", leg.CallId);
        json.WriteString("local", leg.LocalUri);
        json.WriteString("remote", leg.RemoteUri);
        json.WriteBoolean("answered", leg.IsAnswered);
        json.WriteString("endedBy", leg.End.By.ToString());
        if (leg.End.Reason.Length > 0) json.WriteString("reason", leg.End.Reason);
        if (leg.End.Status != 0) json.WriteNumber("status", leg.End.Status);
        json.WriteEndObject();
    }
}
