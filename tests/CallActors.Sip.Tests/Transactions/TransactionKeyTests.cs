using CallActors.Sip.Messages;
using CallActors.Sip.Transactions;

namespace CallActors.Sip.Tests.Transactions;

public sealed class TransactionKeyTests
{
    [Fact]
    public void A_repeated_request_and_its_ack_find_the_invite()
    {
        var table = Table(Sample.Invite, "call");
        Assert.True(Find(table, Sample.Invite, out var found));
        Assert.Equal("call", found);
        Assert.True(Find(table, Sample.Request("ACK", 1, to: "<sip:bob@example.com>;tag=bob"), out _));
        Assert.False(Find(table, Sample.Request("ACK", 1, via: "SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bKother"), out _));
        Assert.False(Find(table, Sample.Request("OPTIONS", 1), out _));
    }

    [Fact]
    public void A_cancel_is_a_transaction_of_its_own_and_names_the_invite()
    {
        var table = Table(Sample.Invite, "call");
        var cancel = Sample.Request("CANCEL", 1);
        Assert.False(Find(table, cancel, out _));
        Assert.True(table.GetAlternateLookup<TransactionLookup>().ContainsKey(TransactionLookup.ForCancelled(cancel)));
    }

    [Fact]
    public void The_same_branch_from_another_sender_is_another_transaction()
    {
        var table = Table(Sample.Invite, "call");
        Assert.False(Find(table, Sample.Request("INVITE", 1, via: "SIP/2.0/UDP 192.0.2.1:5061;branch=z9hG4bKbranch"), out _));
        Assert.False(Find(table, Sample.Request("INVITE", 1, via: "SIP/2.0/UDP 192.0.2.9:5060;branch=z9hG4bKbranch"), out _));
    }

    [Fact]
    public void A_response_finds_its_request_by_branch_and_method()
    {
        var table = new Dictionary<TransactionKey, string>(TransactionKeyComparer.Instance) { [TransactionKey.ForClient(Sample.Invite)] = "ours" };
        var lookup = table.GetAlternateLookup<TransactionLookup>();
        Assert.True(lookup.ContainsKey(TransactionLookup.ForClient(Sample.Answer(Sample.Invite, 180))));
        Assert.False(lookup.ContainsKey(TransactionLookup.ForClient(Sample.Answer(Sample.Request("CANCEL", 1), 200))));
    }

    [Theory]
    [InlineData("")]
    [InlineData(";branch=1")]
    public void A_peer_of_RFC_2543_is_matched_by_everything_else(string branch)
    {
        var via = "SIP/2.0/UDP 192.0.2.1:5060" + branch;
        var table = Table(Sample.Request("INVITE", 1, via: via), "call");
        Assert.True(Find(table, Sample.Request("INVITE", 1, via: via), out _));
        Assert.True(Find(table, Sample.Request("ACK", 1, via: via, to: "<sip:bob@example.com>;tag=bob"), out _));
        Assert.False(Find(table, Sample.Request("INVITE", 2, via: via), out _));
        Assert.False(Find(table, Sample.Request("INVITE", 1, via: via, from: "<sip:alice@example.com>;tag=other"), out _));
        Assert.False(Find(table, Sample.Request("INVITE", 1, via: via, uri: "sip:carol@example.com"), out _));
        Assert.False(Find(table, Sample.Request("INVITE", 1, via: "SIP/2.0/UDP 192.0.2.7:5060" + branch), out _));
    }

    [Fact]
    public void Looking_up_allocates_nothing()
    {
        var lookup = Table(Sample.Invite, "call").GetAlternateLookup<TransactionLookup>();
        var found = 0;
        for (var warm = 0; warm < 2; warm++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < 1000; i++) found += lookup.ContainsKey(TransactionLookup.ForServer(Sample.Invite)) ? 1 : 0;
            if (warm == 1) Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        }
        Assert.Equal(2000, found);
    }

    [Fact]
    public void Keys_compare_by_value()
    {
        var one = TransactionKey.ForServer(Sample.Invite);
        var same = TransactionKey.ForServer(Sample.Request("INVITE", 7));
        Assert.True(one == same && one.Equals((object)same) && one.GetHashCode() == same.GetHashCode());
        Assert.True(one != TransactionKey.ForServer(Sample.Options));
        Assert.Equal("z9hG4bKbranch", Sample.Text(one.Branch));
        Assert.Equal("192.0.2.1:5060", Sample.Text(one.SentBy));
    }

    private static Dictionary<TransactionKey, string> Table(SipRequest request, string value) =>
        new(TransactionKeyComparer.Instance) { [TransactionKey.ForServer(request)] = value };

    private static bool Find(Dictionary<TransactionKey, string> table, SipRequest request, out string? value) =>
        table.GetAlternateLookup<TransactionLookup>().TryGetValue(TransactionLookup.ForServer(request), out value);
}
