using System.Data.Common;
using System.Globalization;
using CallActors.Serialization;

namespace CallActors.Ledger;

/// <summary>Rows of runs that write no more: a node's own earlier ones, which it goes on with, and those of nodes that are dead. Every method blocks until the database has answered.</summary>
internal sealed class LedgerRuns(Func<DbConnection> connect)
{
    private const string IsEarlier =
        "(persistence_id = @legacy OR (substr(persistence_id, 1, @length) = @prefix AND length(persistence_id) = @length + @run)) AND persistence_id <> @me";

    private const string IsOfRun = "substr(persistence_id, length(persistence_id) - @run) = @suffix";

    /// <summary>Makes the rows of a node's earlier runs this run's own, oldest first. To be done before the ledger is read and written.</summary>
    /// <returns>How many rows that were.</returns>
    /// <exception cref="DbException">The database cannot be used now.</exception>
    public int Gather(LedgerId me)
    {
        using var connection = connect();
        connection.Open();
        using var transaction = connection.BeginTransaction();
        // What an earlier run that is not dead yet still writes goes under its own id, and is found at the next start.
        var rows = Run(
            $"""
            UPDATE {LedgerDatabase.Table} SET persistence_id = @me, sequence_number = earlier.number
            FROM (SELECT ordering AS place, ROW_NUMBER() OVER (ORDER BY ordering) AS number FROM {LedgerDatabase.Table} WHERE {IsEarlier} AND NOT deleted) AS earlier
            WHERE ordering = earlier.place
            """);
        Run($"DELETE FROM {LedgerDatabase.Table} WHERE {IsEarlier} AND deleted");
        transaction.Commit();
        return rows;

        int Run(string text)
        {
            using var command = Command(connection, text, ("me", me.ToString()), ("legacy", me.Legacy), ("prefix", me.Prefix), ("length", me.Prefix.Length), ("run", LedgerId.RunLength));
            command.Transaction = transaction;
            return command.ExecuteNonQuery();
        }
    }

    /// <summary>Adds up the rows of a run.</summary>
    /// <exception cref="DbException">The database cannot be used now.</exception>
    /// <exception cref="System.Runtime.Serialization.SerializationException">A later release wrote them.</exception>
    public LedgerReplay Read(string run)
    {
        var replay = new LedgerReplay();
        using var connection = connect();
        connection.Open();
        using var command = OfRun(connection, $"SELECT sequence_number, message, manifest FROM {LedgerDatabase.Table} WHERE {IsOfRun} AND NOT deleted ORDER BY ordering", run);
        using var reader = command.ExecuteReader();
        while (reader.Read())
            replay.Read(Convert.ToInt64(reader.GetValue(0), CultureInfo.InvariantCulture), (LedgerBatch)MessageFormats.Read(reader.GetFieldValue<byte[]>(1), reader.GetString(2)));
        return replay;
    }

    /// <summary>Removes the rows of a run, unread.</summary>
    /// <returns>How many there were.</returns>
    /// <exception cref="DbException">The database cannot be used now.</exception>
    public int Remove(string run)
    {
        using var connection = connect();
        connection.Open();
        using var command = OfRun(connection, $"DELETE FROM {LedgerDatabase.Table} WHERE {IsOfRun}", run);
        return command.ExecuteNonQuery();
    }

    private static DbCommand OfRun(DbConnection connection, string text, string run) => Command(connection, text, ("run", LedgerId.RunLength), ("suffix", "#" + run));

    private static DbCommand Command(DbConnection connection, string text, params ReadOnlySpan<(string Name, object Value)> parameters)
    {
        var command = connection.CreateCommand();
        // Every text is a constant of this file.
#pragma warning disable CA2100
        command.CommandText = text;
#pragma warning restore CA2100
        foreach (var (name, value) in parameters)
        {
            if (!text.Contains("@" + name, StringComparison.Ordinal)) continue;
            var parameter = command.CreateParameter();
            (parameter.ParameterName, parameter.Value) = (name, value);
            command.Parameters.Add(parameter);
        }
        return command;
    }
}
