using System.Net;
using System.Text.Json;

namespace CallActors.Node;

/// <summary>The bound addresses as a JSON file, for scripts that let the system choose the ports.</summary>
internal static class PortsFile
{
    /// <summary>Writes the file whole or not at all, so that whoever waits for it never reads half of it.</summary>
    public static void Write(string path, ISignalling server, IPEndPoint status)
    {
        var partial = path + ".part";
        using (var stream = File.Create(partial))
        using (var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteNumber("pid", Environment.ProcessId);
            WriteList(json, "control", server.ControlEndpoints);
            WriteList(json, "sip", server.SipEndpoints);
            json.WriteString("status", status.ToString());
            json.WriteEndObject();
        }
        File.Move(partial, path, overwrite: true);
    }

    private static void WriteList(Utf8JsonWriter json, string name, IReadOnlyList<string> endpoints)
    {
        json.WriteStartArray(name);
        foreach (var endpoint in endpoints) json.WriteStringValue(endpoint);
        json.WriteEndArray();
    }
}
