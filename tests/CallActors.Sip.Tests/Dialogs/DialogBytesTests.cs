using CallActors.Sip.Dialogs;
using CallActors.Sip.Messages;
using CallActors.Sip.Tests.Messages;
using CallActors.Sip.Tests.Transactions;
using CsCheck;

namespace CallActors.Sip.Tests.Dialogs;

/// <summary>A dialog as bytes and back.</summary>
public sealed class DialogBytesTests
{
    private const string Contact = "Contact: \"Al\" <sip:alice@192.0.2.1:5062;transport=tcp>;q=1\n";
    private const string Routes = "Record-Route: <sip:p2.example.net;lr>\nRecord-Route: <sip:p1.example.net;lr>;x=1\n";

    // Every message of the corpus that can make a dialog, on either side, early and confirmed, with numbers that moved.
    private static readonly Dialog[] All = [.. Made()];

    [Fact]
    public void Every_dialog_of_the_corpus_comes_back_with_its_numbers_a_hundred_ahead()
    {
        Assert.InRange(All.Length, 40, int.MaxValue);
        foreach (var dialog in All) Same(dialog, Restored(Bytes(dialog)));
    }

    [Fact]
    public void It_sends_on_as_the_one_before_would_but_for_the_number()
    {
        foreach (var dialog in All)
        {
            var before = Written(dialog, "INFO", dialog.LocalSequence + Dialog.RestoredGap);
            var restored = Restored(Bytes(dialog));
            Assert.Equal(before, Written(restored, "INFO", restored.LocalSequence));
        }
    }

    [Fact]
    public void Whatever_is_cut_off_it_is_refused()
    {
        foreach (var dialog in All)
        {
            var bytes = Bytes(dialog);
            for (var length = 0; length < bytes.Length; length++) Assert.False(Dialog.TryRestore(bytes.AsSpan(0, length), out _), $"{length} of {bytes.Length}");
            Assert.False(Dialog.TryRestore([.. bytes, 0], out _));
        }
    }

    [Fact]
    public void Whatever_bit_is_wrong_nothing_is_thrown_and_no_line_is_smuggled_in()
    {
        foreach (var dialog in All)
        {
            var bytes = Bytes(dialog);
            for (var bit = 0; bit < bytes.Length * 8; bit++)
            {
                bytes[bit / 8] ^= (byte)(1 << (bit % 8));
                if (Dialog.TryRestore(bytes, out var other)) Use(other);
                bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            }
        }
    }

    [Fact]
    public void Whatever_bytes_are_put_into_a_dialog_nothing_is_thrown() =>
        Gen.Int[0, All.Length - 1].Select(Gen.Select(Gen.Int[0, 400], Gen.Byte).Array[1, 8]).Sample(sample =>
        {
            var (index, changes) = sample;
            var bytes = Bytes(All[index]);
            foreach (var (at, value) in changes) bytes[at % bytes.Length] = value;
            if (Dialog.TryRestore(bytes, out var other)) Use(other);
        });

    [Fact]
    public void Another_version_is_refused()
    {
        var bytes = Bytes(All[0]);
        bytes[0] = 2;
        Assert.False(Dialog.TryRestore(bytes, out _));
    }

    [Fact]
    public void One_that_does_not_fit_is_not_written()
    {
        var bytes = Bytes(All[0]);
        var room = new byte[bytes.Length];
        Assert.False(All[0].TryWrite(room.AsSpan(1), out var written));
        Assert.Equal(0, written);
        Assert.True(All[0].TryWrite(room, out written));
        Assert.Equal(bytes.Length, written);
    }

    [Fact]
    public void A_typical_one_takes_less_than_400_bytes()
    {
        var invite = (SipRequest)SipParser.Parse(InviteSample.Bytes).Message!;
        Assert.InRange(Bytes(Dialog.ForServer(invite, invite.RespondTo(200, default, "as12345678"u8), 1)).Length, 1, 400);
    }

    private static IEnumerable<Dialog> Made()
    {
        string[] froms = ["\"Alice\" <sip:alice@example.com>;tag=alice", "sip:alice@example.com;tag=1", "<sip:alice@example.com>", "\"A \\\"x\\\"\"\n <sips:a@[2001:db8::1]>;x=y;tag=z;tag2=q"];
        string[] contacts = ["", Contact, "Contact: <sip:alice@[2001:db8::9]:5070>\n"];
        string[] routes = ["", Routes, "Record-Route: <sip:strict.example.net;method=BYE>\n"];
        foreach (var from in froms)
        {
            foreach (var contact in contacts)
            {
                foreach (var route in routes)
                {
                    var invite = Sample.Request("INVITE", 7, uri: "sips:bob@example.com", from: from, more: route + contact);
                    var answer = Sample.Answer(invite, 200, more: route + contact);
                    yield return Dialog.ForServer(invite, Sample.Answer(invite, 180), 4711);
                    yield return Dialog.ForServer(invite, answer, uint.MaxValue / 8, isSecureTransport: true);
                    yield return Dialog.ForClient(invite, answer).Advance().Advance();
                    yield return Dialog.ForSubscriber(Sample.Request("SUBSCRIBE", 3), Sample.Request("NOTIFY", 50, from: from, to: "<sip:me@x>;tag=me", more: route + contact));
                }
            }
        }
    }

    private static void Same(Dialog before, Dialog after)
    {
        Assert.Equal(before.Key, after.Key);
        Assert.Equal(Sample.Text(before.Local), Sample.Text(after.Local));
        Assert.Equal(Sample.Text(before.Remote), Sample.Text(after.Remote));
        Assert.Equal(Sample.Text(before.InitiatorTag), Sample.Text(after.InitiatorTag));
        Assert.Equal(Sample.Text(before.Routes.Value), Sample.Text(after.Routes.Value));
        Assert.Equal(Sample.Text(before.RemoteTarget), Sample.Text(after.RemoteTarget));
        Assert.Equal(before.LocalSequence + 100, after.LocalSequence);
        Assert.Equal(before.RemoteSequence, after.RemoteSequence);
        Assert.Equal((before.IsServer, before.IsConfirmed, before.IsSecure), (after.IsServer, after.IsConfirmed, after.IsSecure));
    }

    private static void Use(Dialog dialog)
    {
        _ = dialog.Key.GetHashCode() + dialog.InitiatorTag.Length + dialog.NextHop().Length;
        foreach (var part in (string[])[Sample.Text(dialog.CallId), Sample.Text(dialog.Local), Sample.Text(dialog.Remote), Sample.Text(dialog.Routes.Value), Sample.Text(dialog.RemoteTarget)])
            Assert.DoesNotContain('\n', part);
        Written(dialog.Advance(), "BYE", dialog.LocalSequence);
        dialog.TryReceive(Sample.Request("INFO", 9), out _);
    }

    private static string Written(Dialog dialog, string method, uint sequence)
    {
        var name = System.Text.Encoding.ASCII.GetBytes(method);
        var builder = dialog.BeginRequest(new SipMessageBuilder(), name);
        return Sample.Text(dialog.WriteHeaders(builder, name, sequence).ToRequest().Bytes);
    }

    private static Dialog Restored(byte[] bytes)
    {
        Assert.True(Dialog.TryRestore(bytes, out var dialog));
        return dialog;
    }

    private static byte[] Bytes(Dialog dialog)
    {
        var room = new byte[4096];
        Assert.True(dialog.TryWrite(room, out var written));
        return room[..written];
    }
}
