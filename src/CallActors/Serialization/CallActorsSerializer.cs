using Akka.Actor;
using Akka.Serialization;

namespace CallActors.Serialization;

/// <summary>Our messages as bytes, on the wire between nodes and in the ledger's rows.</summary>
/// <remarks>Its identifier and every manifest stand in rows on disk: none is ever given another meaning. 0 to 40 are Akka's own.</remarks>
internal sealed class CallActorsSerializer : SerializerWithStringManifest
{
    /// <summary>Made by Akka, which finds the class by name in hocon/serialization.conf.</summary>
    public CallActorsSerializer(ExtendedActorSystem system) : base(system) { }

    public override int Identifier => 5060;

    public override string Manifest(object o) => MessageFormats.ManifestOf(o);

    public override byte[] ToBinary(object obj) => MessageFormats.Write(obj);

    public override object FromBinary(byte[] bytes, string manifest) => MessageFormats.Read(bytes, manifest);
}
