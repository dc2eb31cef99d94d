using System.Runtime.CompilerServices;
using CallActors.Sip.Dialogs;
using CallActors.Sip.Messages;
using CallActors.Sip.Tests.Messages;
using CallActors.Sip.Tests.Transactions;
using CsCheck;

namespace CallActors.Sip.Tests.Dialogs;

public sealed class DialogTests
{
    private const string AliceContact = "Contact: <sip:alice@192.0.2.1:5062>\n";
    private const string BobContact = "Contact: \"Bob\" <sip:bob@198.51.100.4;transport=tcp>;q=1\n";
    private const string TwoRoutes = "Record-Route: <sip:p2.example.net;lr>\nRecord-Route: <sip:p1.example.net;lr>;x=1\n";

    private static readonly SipRequest Invite = Sample.Request("INVITE", 7, more: TwoRoutes + AliceContact);

    [Fact]
    public void The_side_that_answers_keeps_what_the_request_said()
    {
        var dialog = Dialog.ForServer(Invite, Sample.Answer(Invite, 180), localSequence: 100);

        Assert.Equal("call@192.0.2.1", Sample.Text(dialog.CallId));
        Assert.Equal("<sip:bob@example.com>;tag=bob", Sample.Text(dialog.Local));
        Assert.Equal("\"Alice\" <sip:alice@example.com>;tag=alice", Sample.Text(dialog.Remote));
        Assert.Equal("bob", Sample.Text(dialog.LocalTag));
        Assert.Equal("alice", Sample.Text(dialog.RemoteTag));
        Assert.Equal("alice", Sample.Text(dialog.InitiatorTag));
        Assert.Equal("<sip:p2.example.net;lr>, <sip:p1.example.net;lr>;x=1", Sample.Text(dialog.Routes.Value));
        Assert.Equal("sip:alice@192.0.2.1:5062", Sample.Text(dialog.RemoteTarget));
        Assert.Equal(100u, dialog.LocalSequence);
        Assert.Equal(7u, dialog.RemoteSequence);
        Assert.True(dialog.IsServer);
        Assert.False(dialog.IsConfirmed);
        Assert.True(dialog.Confirm(Sample.Answer(Invite, 200)).IsConfirmed);
    }

    [Fact]
    public void The_side_that_asked_keeps_what_the_response_said_and_takes_the_routes_backwards()
    {
        var dialog = Dialog.ForClient(Invite, Sample.Answer(Invite, 200, more: BobContact));

        Assert.Equal("\"Alice\" <sip:alice@example.com>;tag=alice", Sample.Text(dialog.Local));
        Assert.Equal("<sip:bob@example.com>;tag=bob", Sample.Text(dialog.Remote));
        Assert.Equal("alice", Sample.Text(dialog.LocalTag));
        Assert.Equal("alice", Sample.Text(dialog.InitiatorTag));
        Assert.Equal("bob", Sample.Text(dialog.RemoteTag));
        Assert.Equal("<sip:p1.example.net;lr>;x=1, <sip:p2.example.net;lr>", Sample.Text(dialog.Routes.Value));
        Assert.Equal("sip:bob@198.51.100.4;transport=tcp", Sample.Text(dialog.RemoteTarget));
        Assert.Equal(7u, dialog.LocalSequence);
        Assert.Null(dialog.RemoteSequence);
        Assert.False(dialog.IsServer);
        Assert.True(dialog.IsConfirmed);
    }

    [Fact]
    public void A_2xx_sets_the_routes_and_the_target_of_an_early_dialog_anew()
    {
        var invite = Sample.Request("INVITE", 7);
        var early = Dialog.ForClient(invite, Sample.Answer(invite, 183, more: "Record-Route: <sip:early.example.net;lr>\nContact: <sip:early@x>\n"));
        Assert.False(early.IsConfirmed);

        var confirmed = early.Advance().Confirm(Sample.Answer(invite, 200, more: TwoRoutes + BobContact));

        Assert.True(confirmed.IsConfirmed);
        Assert.Equal(early.Key, confirmed.Key);
        Assert.Equal(8u, confirmed.LocalSequence);
        Assert.Equal("<sip:p1.example.net;lr>;x=1, <sip:p2.example.net;lr>", Sample.Text(confirmed.Routes.Value));
        Assert.Equal("sip:bob@198.51.100.4;transport=tcp", Sample.Text(confirmed.RemoteTarget));
    }

    [Fact]
    public void Forks_make_sibling_dialogs_that_differ_in_the_remote_tag_only()
    {
        var one = Dialog.ForClient(Invite, Sample.Answer(Invite, 183, tag: "fork1"));
        var two = Dialog.ForClient(Invite, Sample.Answer(Invite, 183, tag: "fork2"));
        Assert.NotEqual(one.Key, two.Key);
        Assert.True(one.Key.LocalTag.SequenceEqual(two.Key.LocalTag) && one.Key.CallId.SequenceEqual(two.Key.CallId));
    }

    [Fact]
    public void A_notify_that_overtakes_the_answer_makes_the_subscriber_s_dialog()
    {
        var subscribe = Sample.Request("SUBSCRIBE", 3);
        var notify = Sample.Request(
            "NOTIFY", 50, uri: "sip:alice@192.0.2.1", from: "<sip:bob@example.com>;tag=bob", to: "\"Alice\" <sip:alice@example.com>;tag=alice", more: TwoRoutes + BobContact);
        var dialog = Dialog.ForSubscriber(subscribe, notify);

        Assert.Equal(Dialog.ForClient(subscribe, Sample.Answer(subscribe, 202)).Key, dialog.Key);
        Assert.Equal("\"Alice\" <sip:alice@example.com>;tag=alice", Sample.Text(dialog.Local));
        Assert.Equal("<sip:p2.example.net;lr>, <sip:p1.example.net;lr>;x=1", Sample.Text(dialog.Routes.Value));
        Assert.Equal("sip:bob@198.51.100.4;transport=tcp", Sample.Text(dialog.RemoteTarget));
        Assert.Equal(3u, dialog.LocalSequence);
        Assert.Equal(50u, dialog.RemoteSequence);
        Assert.False(dialog.IsServer);
    }

    [Fact]
    public void A_2xx_without_a_contact_leaves_the_request_uri_as_target() =>
        Assert.Equal("sip:bob@example.com", Sample.Text(Dialog.ForClient(Sample.Invite, Sample.Answer(Sample.Invite, 200)).RemoteTarget));

    [Fact]
    public void An_invite_without_a_contact_is_answered_to_the_from_uri() =>
        Assert.Equal("sip:alice@example.com", Sample.Text(Dialog.ForServer(Sample.Invite, Sample.Answer(Sample.Invite, 200), 1).RemoteTarget));

    [Fact]
    public void A_peer_without_tags_has_an_empty_remote_tag()
    {
        var invite = Sample.Request("INVITE", 1, from: "<sip:alice@example.com>");
        Assert.True(Dialog.ForServer(invite, Sample.Answer(invite, 200), 1).RemoteTag.IsEmpty);
    }

    [Fact]
    public void It_is_secure_when_made_over_tls_with_a_sips_uri()
    {
        var invite = Sample.Request("INVITE", 1, uri: "sips:bob@example.com");
        Assert.True(Dialog.ForServer(invite, Sample.Answer(invite, 200), 1, isSecureTransport: true).IsSecure);
        Assert.False(Dialog.ForServer(invite, Sample.Answer(invite, 200), 1, isSecureTransport: false).IsSecure);
        Assert.False(Dialog.ForClient(Sample.Invite, Sample.Answer(Sample.Invite, 200), isSecureTransport: true).IsSecure);
    }

    [Fact]
    public void A_folded_value_is_kept_in_one_line()
    {
        var invite = Sample.Request("INVITE", 1, from: "\"Alice\"\n <sip:alice@example.com>;tag=alice", more: AliceContact);
        var dialog = Dialog.ForServer(invite, Sample.Answer(invite, 200), 1);
        Assert.Equal("\"Alice\"   <sip:alice@example.com>;tag=alice", Sample.Text(dialog.Remote));
        Assert.Equal("alice", Sample.Text(dialog.RemoteTag));
    }

    [Fact]
    public void Messages_of_either_direction_find_it()
    {
        var server = Dialog.ForServer(Invite, Sample.Answer(Invite, 200), 1);
        var client = Dialog.ForClient(Invite, Sample.Answer(Invite, 200));
        var table = new Dictionary<DialogKey, string>(DialogKeyComparer.Instance) { [server.Key] = "server", [client.Key] = "client" };
        var lookup = table.GetAlternateLookup<DialogLookup>();

        var bye = Sample.Request("BYE", 8, to: "<sip:bob@example.com>;tag=bob");
        Assert.Equal("server", lookup[DialogLookup.ForReceived(bye)]);
        Assert.Equal("client", lookup[DialogLookup.ForReceived(Sample.Answer(bye, 200))]);
        Assert.False(lookup.ContainsKey(DialogLookup.ForReceived(Sample.Request("BYE", 8, to: "<sip:bob@example.com>;tag=bo"))));
        Assert.Equal(server.Key, DialogKey.Of("call@192.0.2.1"u8, "bob"u8, "alice"u8));
    }

    [Fact]
    public void Numbers_only_rise_on_either_side()
    {
        var dialog = Dialog.ForServer(Invite, Sample.Answer(Invite, 200), 100);
        Assert.Equal(101u, dialog.Advance().LocalSequence);
        Assert.Equal(150u, dialog.Advance(150).LocalSequence);
        Assert.Same(dialog, dialog.Advance(99));

        Assert.True(dialog.TryReceive(Sample.Request("INFO", 9), out var next));
        Assert.Equal(9u, next.RemoteSequence);
        Assert.False(next.TryReceive(Sample.Request("INFO", 8), out _));
        Assert.True(next.TryReceive(Sample.Request("ACK", 7), out var afterAck));
        Assert.Same(next, afterAck);
    }

    [Theory]
    [InlineData("UPDATE", 200, true)]
    [InlineData("UPDATE", 491, false)]
    [InlineData("INVITE", 200, true)]
    [InlineData("INVITE", 488, false)]
    [InlineData("INVITE", 183, false)]
    [InlineData("NOTIFY", 200, true)]
    [InlineData("INFO", 200, false)]
    public void A_target_refresh_commits_when_it_succeeds(string method, int status, bool commits)
    {
        var dialog = Dialog.ForServer(Invite, Sample.Answer(Invite, 200), 100);
        var refresh = Sample.Request(method, 8, more: "Contact: <sip:alice@203.0.113.77>\n");
        var after = dialog.AfterAnswering(refresh, Sample.Answer(refresh, status));
        Assert.Equal(commits ? "sip:alice@203.0.113.77" : "sip:alice@192.0.2.1:5062", Sample.Text(after.RemoteTarget));
        Assert.Equal(Sample.Text(dialog.Routes.Value), Sample.Text(after.Routes.Value));

        var mine = Sample.Request(method, 101);
        var received = dialog.AfterReceiving(Sample.Answer(mine, status, more: "Contact: <sip:alice@203.0.113.78>\n"));
        Assert.Equal(commits ? "sip:alice@203.0.113.78" : "sip:alice@192.0.2.1:5062", Sample.Text(received.RemoteTarget));
    }

    [Fact]
    public void A_reliable_provisional_response_commits_the_target_of_a_reinvite()
    {
        var dialog = Dialog.ForClient(Invite, Sample.Answer(Invite, 200, more: BobContact));
        var refreshed = dialog.AfterReceiving(Sample.Answer(Invite, 183, more: "RSeq: 4\nContact: <sip:bob@moved>\n"));
        Assert.Equal("sip:bob@moved", Sample.Text(refreshed.RemoteTarget));
        Assert.Same(dialog, dialog.AfterReceiving(Sample.Answer(Invite, 200)));
    }

    [Fact]
    public void A_loose_route_leaves_the_target_in_the_request_line()
    {
        var dialog = Dialog.ForServer(Invite, Sample.Answer(Invite, 200), 100).Advance();
        Assert.Equal("sip:p2.example.net;lr", Sample.Text(dialog.NextHop()));
        Assert.Equal(
            "INFO sip:alice@192.0.2.1:5062 SIP/2.0\nRoute: <sip:p2.example.net;lr>, <sip:p1.example.net;lr>;x=1\n" +
            "From: <sip:bob@example.com>;tag=bob\nTo: \"Alice\" <sip:alice@example.com>;tag=alice\nCall-ID: call@192.0.2.1\nCSeq: 101 INFO\nContent-Length: 0\n\n",
            Written(dialog, "INFO"));
    }

    [Fact]
    public void Without_a_route_the_target_is_the_next_hop()
    {
        var invite = Sample.Request("INVITE", 7, more: AliceContact);
        var dialog = Dialog.ForServer(invite, Sample.Answer(invite, 200), 100);
        Assert.Equal("sip:alice@192.0.2.1:5062", Sample.Text(dialog.NextHop()));
        Assert.DoesNotContain("Route:", Written(dialog, "BYE"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("<sip:strict.example.net>", "sip:strict.example.net", "<sip:alice@192.0.2.1:5062>")]
    [InlineData("<sip:strict.example.net;method=BYE;x=y?Route=evil>, <sip:loose.example.net;lr>", "sip:strict.example.net;x=y", "<sip:loose.example.net;lr>, <sip:alice@192.0.2.1:5062>")]
    public void A_strict_first_route_becomes_the_request_uri_and_the_target_the_last_route(string recordRoute, string requestUri, string route)
    {
        var invite = Sample.Request("INVITE", 7, more: $"Record-Route: {recordRoute}\n{AliceContact}");
        var dialog = Dialog.ForServer(invite, Sample.Answer(invite, 200), 100);
        var text = Written(dialog, "BYE");
        Assert.StartsWith($"BYE {requestUri} SIP/2.0\nRoute: {route}\n", text, StringComparison.Ordinal);
        Assert.StartsWith("sip:strict.example.net", Sample.Text(dialog.NextHop()), StringComparison.Ordinal);
    }

    [Fact]
    public void Whatever_was_recorded_both_sides_take_the_same_route_in_opposite_directions() =>
        Gen.Int[0, 5].Select(Gen.Bool).Sample(sample =>
        {
            var (count, joined) = sample;
            var hops = Enumerable.Range(0, count).Select(i => $"<sip:p{i}.example.net;lr>").ToArray();
            var recorded = joined && count > 0 ? $"Record-Route: {string.Join(" , ", hops)}\n" : string.Concat(hops.Select(hop => $"Record-Route: {hop}\n"));
            var invite = Sample.Request("INVITE", 7, more: recorded);
            var answer = Sample.Answer(invite, 200);
            var server = Routes(Dialog.ForServer(invite, answer, 1));
            var client = Routes(Dialog.ForClient(invite, answer));
            return server.SequenceEqual(hops) && client.SequenceEqual(hops.Reverse());
        });

    [Fact]
    public void A_typical_one_takes_less_than_a_kilobyte_and_lets_its_messages_go()
    {
        var (dialog, bytes, request) = Made();
        Assert.InRange(bytes, 1, 512);

        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        Assert.False(request.TryGetTarget(out _));
        Assert.False(dialog.CallId.IsEmpty);
    }

    [Fact]
    public void A_change_costs_a_small_object()
    {
        var dialog = Dialog.ForServer(Invite, Sample.Answer(Invite, 200), 100).Advance();
        var before = GC.GetAllocatedBytesForCurrentThread();
        var next = dialog.Advance();
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 1, 96);
        Assert.NotSame(dialog, next);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static (Dialog Dialog, long Bytes, WeakReference<SipRequest> Request) Made()
    {
        var request = (SipRequest)SipParser.Parse(InviteSample.Bytes).Message!;
        var response = request.RespondTo(200, default, "as12345678"u8);
        Dialog.ForServer(request, response, 100);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var dialog = Dialog.ForServer(request, response, 100);
        return (dialog, GC.GetAllocatedBytesForCurrentThread() - before, new(request));
    }

    private static List<string> Routes(Dialog dialog)
    {
        var routes = new List<string>();
        foreach (var route in dialog.Routes) routes.Add(Sample.Text(route));
        return routes;
    }

    private static string Written(Dialog dialog, string method)
    {
        var name = System.Text.Encoding.ASCII.GetBytes(method);
        var builder = dialog.BeginRequest(new SipMessageBuilder(), name);
        return Sample.Text(dialog.WriteHeaders(builder, name, dialog.LocalSequence).ToRequest().Bytes).Replace("\r\n", "\n", StringComparison.Ordinal);
    }
}
