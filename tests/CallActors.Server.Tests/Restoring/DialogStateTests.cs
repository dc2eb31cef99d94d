using System.Net;
using CallActors.Control.Commands;
using CallActors.Net;
using CallActors.Server.Restoring;
using CallActors.Server.Tests.Harness;
using CallActors.Sip;
using CallActors.Sip.Dialogs;
using CallActors.Sip.Messages;

namespace CallActors.Server.Tests.Restoring;

/// <summary>The state of a dialog as bytes and back.</summary>
public sealed class DialogStateTests
{
    private static readonly DateTimeOffset s_due = new(2030, 1, 1, 0, 15, 0, 250, TimeSpan.Zero);
    private static readonly NetAddress s_here = NetAddress.Of(IPAddress.Parse("10.0.0.9"), 5060);

    private static readonly HopState[] s_hops =
    [
        new(NetProtocol.Udp, s_here, NetAddress.Of(IPAddress.Parse("198.51.100.7"), 40001), default, 40001),
        new(NetProtocol.Tls, NetAddress.Of(IPAddress.Parse("2001:db8::9"), 5061), NetAddress.Of(IPAddress.Parse("2001:db8::7"), 5061), default, 5061),
        new(NetProtocol.Tcp, s_here, null, "gw.example.net", 5060),
    ];

    [Fact]
    public void What_is_written_is_read_again()
    {
        var count = 0;
        foreach (var state in All())
        {
            var read = DialogState.Read(Bytes(state));
            Assert.NotNull(read);
            Assert.Equal(state.Dialog.Key, read.Dialog.Key);
            Assert.Equal(state.Dialog.LocalSequence + Dialog.RestoredGap, read.Dialog.LocalSequence);
            Assert.Equal(state with { Dialog = read.Dialog }, read);
            count++;
        }

        Assert.Equal(2 * 2 * 4 * 4 * 2, count);
    }

    [Fact]
    public void Whatever_is_cut_off_or_added_it_is_refused()
    {
        foreach (var state in All())
        {
            var bytes = Bytes(state);
            for (var length = 0; length < bytes.Length; length++) Assert.Null(DialogState.Read(bytes.AsSpan(0, length)));
            Assert.Null(DialogState.Read([.. bytes, 0]));
        }
    }

    [Fact]
    public void Whatever_bit_is_wrong_it_is_refused()
    {
        foreach (var state in All())
        {
            var bytes = Bytes(state);
            for (var bit = 0; bit < bytes.Length * 8; bit++)
            {
                bytes[bit / 8] ^= (byte)(1 << (bit % 8));
                Assert.Null(DialogState.Read(bytes));
                bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            }
        }
    }

    [Fact]
    public void Whatever_bytes_bear_a_good_seal_nothing_is_thrown()
    {
        var random = new Random(1);
        var bytes = Bytes(All().Last());
        for (var round = 0; round < 20_000; round++)
        {
            var changed = bytes.ToArray();
            for (var change = 0; change <= round % 4; change++) changed[random.Next(changed.Length - 4)] = (byte)random.Next(256);
            Seal(changed);
            DialogState.Read(changed);
        }
    }

    [Fact]
    public void A_description_that_does_not_fit_is_left_out_and_a_dialog_that_does_not_fit_is_not_written()
    {
        var session = new SessionState(new(1800, WeRefresh: true), s_due, Octets.Of(new byte[SessionKey.MaxBytes]), "application/sdp");
        var state = new DialogState(SipMethod.Invite, Make(""), default, null, session, null);
        Assert.Equal(session with { Description = default, DescriptionType = default }, DialogState.Read(Bytes(state))!.Session);

        var room = new byte[SessionKey.MaxBytes * 2];
        Assert.Equal(0, new DialogState(SipMethod.Invite, Make($"Record-Route: <sip:{new string('a', SessionKey.MaxBytes)};lr>\r\n"), default, null, null, null).Write(room));
        Assert.Equal(0, state.Write(room.AsSpan(0, 30)));
    }

    [Fact]
    public void A_typical_one_takes_less_than_500_bytes() =>
        Assert.InRange(Bytes(new DialogState(SipMethod.Invite, Make(""), "<sip:10.0.0.9:5060>", s_hops[0], null, null)).Length, 1, 500);

    private static IEnumerable<DialogState> All()
    {
        HopState?[] hops = [null, .. s_hops];
        SessionState?[] sessions =
        [
            null,
            new(new(90, WeRefresh: false), s_due, default, default),
            new(new(1800, WeRefresh: true), s_due, Text.Sdp, "application/sdp"),
            new(new(uint.MaxValue, WeRefresh: true), DateTimeOffset.UnixEpoch, Text.Sdp, default),
        ];
        foreach (var method in (SipMethod[])[SipMethod.Invite, SipMethod.Subscribe])
            foreach (var route in (string[])["", "Record-Route: <sip:p1.example.net;lr>, <sip:p2.example.net;lr>\r\n"])
                foreach (var hop in hops)
                    foreach (var session in sessions)
                        foreach (var until in (DateTimeOffset?[])[null, s_due])
                            yield return new DialogState(method, Make(route), "\"Me\" <sip:near@10.0.0.9:5060>;x", hop, session, until);
    }

    private static Dialog Make(string headers)
    {
        var invite = (SipRequest)SipParser.Parse(System.Text.Encoding.UTF8.GetBytes(
            "INVITE sip:near@10.0.0.9 SIP/2.0\r\nVia: SIP/2.0/UDP 10.0.0.1;branch=z9hG4bK1\r\nMax-Forwards: 70\r\nFrom: <sip:far@10.0.0.1>;tag=far\r\nTo: <sip:near@10.0.0.9>\r\n"
            + $"Call-ID: c1\r\nCSeq: 1 INVITE\r\nContact: <sip:far@10.0.0.1>\r\n{headers}Content-Length: 0\r\n\r\n")).Message!;
        return Dialog.ForServer(invite, invite.RespondTo(200, default, "near"u8), 17);
    }

    private static byte[] Bytes(DialogState state)
    {
        var room = new byte[SessionKey.MaxBytes];
        var length = state.Write(room);
        Assert.NotEqual(0, length);
        return room[..length];
    }

    private static void Seal(byte[] bytes)
    {
        var hash = 2166136261u;
        foreach (var value in bytes.AsSpan(0, bytes.Length - 4)) hash = (hash ^ value) * 16777619u;
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(bytes.Length - 4), hash);
    }
}
