using System.Net;
using System.Text.Json;

namespace CallActors.Node;

/// <summary>The bound addresses as a JSON file, for scripts that let the system choose the ports.</summary>
internal static class PortsFile
{
    /// <summary>Writes the file whole or not at all, so that whoever waits for it never reads half of it.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Write(string path, INodePart server, IPEndPoint status)
    {
        try
        {
            var partial = path + ".part";
            WriteWhole(partial, server, status);
            File.Move(partial, path, overwrite: true);
        }
        catch (UnauthorizedAccessException refused)
        {
            throw new IOException($"the ports file cannot be written ({refused.Message.TrimEnd('.')}); choose another --ports-file", refused);
        }
    }

    private static void WriteWhole(string path, INodePart server, IPEndPoint status)
    {
        using var stream = File.Create(path);
        using var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true });
        json.WriteStartObject();
        json.WriteNumber("pid", Environment.ProcessId);
        WriteList(json, "control", server.ControlEndpoints);
        WriteList(json, "sip", server.SipEndpoints);
        json.WriteString("status", status.ToString());
        if (server.Health is { } health) json.WriteString("health", health.ToString());
        if (server.Cluster is { } cluster) json.WriteString("cluster", cluster);
        json.WriteEndObject();
    }

    private static void WriteList(Utf8JsonWriter json, string name, IReadOnlyList<string> endpoints)
    {
        json.WriteStartArray(name);
        foreach (var endpoint in endpoints) json.WriteStringValue(endpoint);
        json.WriteEndArray();
    }
}
