using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace CallActors.Net.Tests;

/// <summary>Certificates made for the tests, as PEM files in a directory of their own.</summary>
internal sealed class TestCertificates : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("callactors-").FullName;

    /// <summary>One that every test may use.</summary>
    public static TlsCertificate Shared { get; } = MakeShared();

    public string CertificateFile => Path.Combine(_directory, "cert.pem");

    public string KeyFile => Path.Combine(_directory, "key.pem");

    public string ChainFile => Path.Combine(_directory, "chain.pem");

    /// <summary>Writes a new self-signed certificate and its key, stamped with a time so that a change is seen whatever the clock's grain.</summary>
    public X509Certificate2 Write(string name, DateTime stamp)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var certificate = Request(name, key, isAuthority: false).CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(30));
        WriteFiles(certificate.ExportCertificatePem(), key, stamp);
        return certificate;
    }

    /// <summary>Writes a certificate, its key and a chain file; answers the root that vouches for it through an intermediate authority.</summary>
    public X509Certificate2 WriteWithChain(string name)
    {
        var (from, to) = (DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(30));
        using var rootKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var middleKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var root = Request("root", rootKey, isAuthority: true).CreateSelfSigned(from, to);
        using var middle = Request("middle", middleKey, isAuthority: true).Create(root, from, to.AddHours(-1), [1]).CopyWithPrivateKey(middleKey);
        using var leaf = Request(name, key, isAuthority: false).Create(middle, from, to.AddHours(-2), [2]);
        WriteFiles(leaf.ExportCertificatePem(), key, DateTime.UtcNow);
        File.WriteAllText(ChainFile, middle.ExportCertificatePem());
        return root;
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private static CertificateRequest Request(string name, ECDsa key, bool isAuthority)
    {
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(isAuthority, false, 0, true));
        return request;
    }

    private void WriteFiles(string certificate, ECDsa key, DateTime stamp)
    {
        File.WriteAllText(CertificateFile, certificate);
        File.WriteAllText(KeyFile, key.ExportPkcs8PrivateKeyPem());
        File.SetLastWriteTimeUtc(CertificateFile, stamp);
        File.SetLastWriteTimeUtc(KeyFile, stamp);
    }

    private static TlsCertificate MakeShared()
    {
        using var files = new TestCertificates();
        files.Write("shared.test", DateTime.UtcNow);
        return new TlsCertificate(files.CertificateFile, files.KeyFile, time: new Microsoft.Extensions.Time.Testing.FakeTimeProvider());
    }
}
