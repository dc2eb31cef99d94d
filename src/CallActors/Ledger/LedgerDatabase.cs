using System.Data.Common;
using System.Runtime.CompilerServices;
using Akka.Configuration;
using Akka.Persistence.Sql.Config;
using LinqToDB;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace CallActors.Ledger;

/// <summary>Where the ledger's rows are: a SQLite file, or a PostgreSQL database. It is made ready before any actor runs.</summary>
/// <remarks>
/// Never by the journal plugin: one that fails while it starts stays stopped for good, and nodes that start together would make
/// the table together, which PostgreSQL answers with an error in spite of IF NOT EXISTS.
/// The connection goes to the plugin by object and not by HOCON, so that no log of the configuration shows the password.
/// </remarks>
internal sealed class LedgerDatabase
{
    /// <summary>The ledger's only table.</summary>
    public const string Table = "callactors_ledger";

    // Any number nobody else locks: it keeps two nodes from making the table at the same moment.
    private const long SchemaLock = 5060_1176;

    // The columns are the plugin's; those of its indexes that only its queries use are left out.
    private const string SqliteSchema =
        $"""
        PRAGMA journal_mode = WAL;
        CREATE TABLE IF NOT EXISTS {Table} (
            ordering INTEGER PRIMARY KEY, created BIGINT NOT NULL, deleted BIT NOT NULL,
            persistence_id NVARCHAR(255) NOT NULL, sequence_number BIGINT NOT NULL,
            message BLOB NOT NULL, manifest NVARCHAR(500), identifier INT, tags NVARCHAR(100), writer_uuid NVARCHAR(128));
        CREATE UNIQUE INDEX IF NOT EXISTS {Table}_row ON {Table} (persistence_id, sequence_number);
        """;

    private const string PostgreSqlSchema =
        $"""
        CREATE TABLE IF NOT EXISTS {Table} (
            ordering BIGSERIAL PRIMARY KEY, created BIGINT NOT NULL, deleted BOOLEAN NOT NULL,
            persistence_id VARCHAR(255) NOT NULL, sequence_number BIGINT NOT NULL,
            message BYTEA NOT NULL, manifest VARCHAR(500), identifier INT, tags VARCHAR(100), writer_uuid VARCHAR(128),
            CONSTRAINT {Table}_row UNIQUE (persistence_id, sequence_number));
        """;

    private readonly Func<DbConnection> _connect;
    private readonly string _schema;
    private readonly string _provider;

    /// <summary>Rows that nobody writes any more.</summary>
    public LedgerRuns Runs => field ??= new(_connect);

    /// <summary>Whether other nodes reach it: a file is one machine's own.</summary>
    public bool IsShared => _provider == ProviderName.PostgreSQL15;

    private LedgerDatabase(string place, string remedy, string provider, string schema, string connection, Func<DbConnection> connect)
    {
        (Place, Remedy, _provider, _schema, _connect, ConnectionString) = (place, remedy, provider, schema, connect, connection);
    }

    /// <summary>The file, or host, database and user; never the password.</summary>
    public string Place { get; }

    private string Remedy { get; }

    /// <summary>As the journal has it; with the password, if there is one.</summary>
    internal string ConnectionString { get; }

    /// <summary>The database that `callactors.ledger` names.</summary>
    public static LedgerDatabase From(Config config)
    {
        var ledger = config.GetConfig("callactors.ledger");
        return ledger.GetString("database") switch
        {
            "sqlite" => Sqlite(ledger.GetString("file")),
            "postgresql" => PostgreSql(ledger.GetString("connection")),
            var other => throw new ConfigurationException($"callactors.ledger.database is sqlite or postgresql, not '{other}'."),
        };
    }

    /// <summary>A file of this machine.</summary>
    public static LedgerDatabase Sqlite(string file)
    {
        if (string.IsNullOrWhiteSpace(file)) throw new ConfigurationException("callactors.ledger.file names no file.");
        var path = Path.GetFullPath(file);
        // A shared cache would lock whole tables between the connections of one process.
        var connection = new SqliteConnectionStringBuilder { DataSource = path, Cache = SqliteCacheMode.Private, Mode = SqliteOpenMode.ReadWrite }.ToString();
        var creating = new SqliteConnectionStringBuilder(connection) { Mode = SqliteOpenMode.ReadWriteCreate, Pooling = false }.ToString();
        return new(
            $"the file {path}",
            "Set callactors.ledger.file to a file that this process may write, or callactors.ledger.mode to off.",
            ProviderName.SQLiteMS,
            SqliteSchema,
            connection,
            () =>
            {
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                return new SqliteConnection(creating);
            });
    }

    /// <summary>A PostgreSQL database, by its Npgsql connection string.</summary>
    public static LedgerDatabase PostgreSql(string connection)
    {
        if (string.IsNullOrWhiteSpace(connection)) throw new ConfigurationException("callactors.ledger.connection names no database.");
        NpgsqlConnectionStringBuilder parts;
        try
        {
            parts = new(connection);
        }
        catch (ArgumentException unreadable)
        {
            // Its own message is left out, for it may quote the password.
            throw new ConfigurationException($"callactors.ledger.connection is no connection string of Npgsql ({unreadable.GetType().Name}). It looks like \"Host=db;Database=calls;Username=calls;Password=...\".");
        }
        parts.ApplicationName ??= "callactors";
        return new(
            $"the PostgreSQL database {parts.Database ?? parts.Username} at {parts.Host}:{parts.Port} as user {parts.Username}",
            "See that the server runs and lets this user in, and that callactors.ledger.connection is right; or set callactors.ledger.mode to off.",
            ProviderName.PostgreSQL15,
            PostgreSqlSchema,
            parts.ToString(),
            () => new NpgsqlConnection(parts.ToString()));
    }

    /// <summary>Makes the table if it is not there, and sees that it can be written.</summary>
    /// <exception cref="IOException">It cannot be; the message says where, why, and what to do.</exception>
    public void Prepare()
    {
        try
        {
            using var connection = _connect();
            connection.Open();
            using var transaction = connection is NpgsqlConnection ? connection.BeginTransaction() : null;
            if (transaction is not null) Run(connection, $"SELECT pg_advisory_xact_lock({SchemaLock})");
            Run(connection, _schema);
            // The table may be there and not be ours to write: better said now than at the first call.
            Run(connection, $"DELETE FROM {Table} WHERE persistence_id = ''");
            transaction?.Commit();
        }
        catch (Exception failure) when (failure is DbException or IOException or UnauthorizedAccessException or TimeoutException or System.Net.Sockets.SocketException)
        {
            throw new IOException($"The ledger cannot use {Place}: {failure.Message} {Remedy}", failure);
        }
    }

    /// <summary>What the actor system has to be set up with, besides hocon/ledger-*.conf.</summary>
    public MultiDataOptionsSetup Setup()
    {
        Load();
        var setup = new MultiDataOptionsSetup();
        setup.AddDataOptions(CallLedger.Plugin, new DataOptions().UseConnectionString(_provider, ConnectionString));
        return setup;
    }

    // The provider finds its driver by name, among the assemblies that are loaded.
    private static void Load()
    {
        RuntimeHelpers.RunClassConstructor(typeof(SqliteConnection).TypeHandle);
        RuntimeHelpers.RunClassConstructor(typeof(NpgsqlConnection).TypeHandle);
    }

    private static void Run(DbConnection connection, string text)
    {
        using var command = connection.CreateCommand();
        // Every text is a constant of this file.
#pragma warning disable CA2100
        command.CommandText = text;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }
}
