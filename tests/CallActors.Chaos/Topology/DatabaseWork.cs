using Npgsql;

namespace CallActors.Chaos.Topology;

/// <summary>What a PostgreSQL has done so far, by its own statistics.</summary>
/// <param name="Transactions">Transactions that ended.</param>
/// <param name="Written">Rows inserted, updated, deleted.</param>
/// <param name="Scans">Scans of tables and of their indexes: reads.</param>
internal sealed record DatabaseWork(long Transactions, long Written, long Scans)
{
    // The server's processes tell their figures after a transaction, and not more often than once a second.
    private static readonly TimeSpan s_told = TimeSpan.FromSeconds(2);

    /// <summary>What was done since.</summary>
    public DatabaseWork Since(DatabaseWork before) => new(Transactions - before.Transactions, Written - before.Written, Scans - before.Scans);

    public static async Task<DatabaseWork> ReadAsync(string connection)
    {
        await Task.Delay(s_told);
        await using var open = new NpgsqlConnection(connection + ";Pooling=false");
        await open.OpenAsync();
        const string Text = """
            SELECT (SELECT xact_commit + xact_rollback FROM pg_stat_database WHERE datname = current_database()),
                   COALESCE(SUM(n_tup_ins + n_tup_upd + n_tup_del), 0)::bigint, COALESCE(SUM(seq_scan + COALESCE(idx_scan, 0)), 0)::bigint
            FROM pg_stat_user_tables
            """;
        await using var command = new NpgsqlCommand(Text, open);
        await using var reader = await command.ExecuteReaderAsync();
        await reader.ReadAsync();
        return new DatabaseWork(reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2));
    }
}
