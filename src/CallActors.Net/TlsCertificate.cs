using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace CallActors.Net;

/// <summary>A certificate with its key and chain from PEM files, read again when the files change.</summary>
/// <remarks>
/// The files are looked at when a handshake needs them, at most every <see cref="CheckInterval"/>. A changed file that cannot be read, or a key
/// that does not fit, is reported once and the certificate in use stays in use.
/// </remarks>
public sealed class TlsCertificate
{
    /// <summary>How often the files are looked at, at most.</summary>
    public static readonly TimeSpan CheckInterval = TimeSpan.FromSeconds(2);

    private readonly Lock _gate = new();
    private readonly string _certificateFile;
    private readonly string _keyFile;
    private readonly string? _chainFile;
    private readonly TimeProvider _time;
    private readonly Action<Exception>? _onFault;
    private (DateTime Certificate, DateTime Key, DateTime Chain) _stamp;
    private volatile SslStreamCertificateContext _context;
    private long _checked;

    /// <summary>Reads the files.</summary>
    /// <param name="certificateFile">The certificate, and any others of its chain behind it.</param>
    /// <param name="keyFile">Its private key, not encrypted.</param>
    /// <param name="chainFile">More of its chain; null for none.</param>
    /// <param name="onFault">Told when changed files cannot be used.</param>
    /// <param name="time">Says when to look again.</param>
    /// <exception cref="IOException">A file cannot be read.</exception>
    /// <exception cref="CryptographicException">A file holds no PEM of its kind, or the key does not fit.</exception>
    public TlsCertificate(
        string certificateFile, string keyFile, string? chainFile = null, Action<Exception>? onFault = null, TimeProvider? time = null)
    {
        (_certificateFile, _keyFile, _chainFile) = (certificateFile, keyFile, chainFile);
        (_onFault, _time) = (onFault, time ?? TimeProvider.System);
        _stamp = Stamp();
        _context = Load();
        _checked = _time.GetTimestamp();
    }

    /// <summary>The certificate in use.</summary>
    public X509Certificate2 Leaf => _context.TargetCertificate;

    /// <summary>What a handshake starting now uses.</summary>
    internal SslStreamCertificateContext Current()
    {
        if (_time.GetElapsedTime(Volatile.Read(ref _checked)) < CheckInterval) return _context;
        lock (_gate)
        {
            if (_time.GetElapsedTime(_checked) < CheckInterval) return _context;
            Volatile.Write(ref _checked, _time.GetTimestamp());
            Refresh();
        }

        return _context;
    }

    private void Refresh()
    {
        try
        {
            var stamp = Stamp();
            if (stamp == _stamp) return;
            _stamp = stamp;
            _context = Load();
        }
        catch (Exception fault) when (fault is CryptographicException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            Report.To(_onFault, new IOException($"The changed certificate {_certificateFile} cannot be used, the one before stays: {fault.Message}", fault));
        }
    }

    // A file that is missing for the moment has a stamp too: its coming back is a change.
    private (DateTime Certificate, DateTime Key, DateTime Chain) Stamp() =>
        (File.GetLastWriteTimeUtc(_certificateFile), File.GetLastWriteTimeUtc(_keyFile), _chainFile is null ? default : File.GetLastWriteTimeUtc(_chainFile));

    private SslStreamCertificateContext Load()
    {
        var leaf = X509Certificate2.CreateFromPemFile(_certificateFile, _keyFile);
        var chain = new X509Certificate2Collection();
        chain.ImportFromPemFile(_certificateFile);
        chain.RemoveAt(0);
        if (_chainFile is not null) chain.ImportFromPemFile(_chainFile);
        return SslStreamCertificateContext.Create(leaf, chain, offline: true);
    }
}
