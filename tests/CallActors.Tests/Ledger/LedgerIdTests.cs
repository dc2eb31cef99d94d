using Akka.Configuration;
using CallActors.Ledger;

namespace CallActors.Tests.Ledger;

public sealed class LedgerIdTests
{
    [Fact]
    public void A_run_is_known_to_the_cluster_by_a_role_beside_those_that_are_there()
    {
        var config = ConfigurationFactory.ParseString("akka.cluster.roles = [calls]");
        var (one, other) = (LedgerId.ForNewRun(config), LedgerId.ForNewRun(config));
        Assert.Equal(["calls", LedgerId.Role + LedgerId.RunOf(one)], one.GetStringList("akka.cluster.roles"));
        Assert.Equal(LedgerId.RunOf(one), LedgerId.RunOf(one));
        Assert.NotEqual(LedgerId.RunOf(one), LedgerId.RunOf(other));
        // Who says nothing has one that nobody takes over.
        Assert.NotEqual(LedgerId.RunOf(config), LedgerId.RunOf(config));
    }

    [Fact]
    public async Task Only_what_the_same_name_wrote_is_gathered_that_of_earlier_releases_too()
    {
        var folder = Directory.CreateTempSubdirectory("callactors-runs-");
        var database = LedgerDatabase.Sqlite(Path.Combine(folder.FullName, "ledger.db"));
        database.Prepare();
        string[] names = ["a", "a#b", "a_b", "b"];
        foreach (var name in names)
        {
            await using var node = LedgerNode.Start(database, name: name);
            node.Book.Living(Snapshots.Call(Array.IndexOf(names, name) + 1));
            await node.IsQuiet();
        }
        await using (var old = LedgerNode.Start(database, name: "x"))
        {
            old.Book.Living(Snapshots.Call(9));
            await old.IsQuiet();
            Run(database, $"UPDATE callactors_ledger SET persistence_id = 'ledger-a' WHERE persistence_id = '{old.Id}'");
        }

        await using (var again = LedgerNode.Start(database, name: "a"))
        {
            await LedgerNode.Until(() => again.Offers.Count == 2, "its calls are offered");
            Assert.Equal([1, 9], again.Offers.Select(call => (int)call.Key.Shard).Order());
        }
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        folder.Delete(recursive: true);
    }

    private static void Run(LedgerDatabase database, string text)
    {
        using var connection = new Microsoft.Data.Sqlite.SqliteConnection(database.ConnectionString);
        connection.Open();
        using var command = connection.CreateCommand();
#pragma warning disable CA2100
        command.CommandText = text;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }
}
