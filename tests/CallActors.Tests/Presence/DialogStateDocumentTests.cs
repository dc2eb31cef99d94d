using CallActors.Presence;
using CsCheck;

namespace CallActors.Tests.Presence;

public sealed class DialogStateDocumentTests
{
    private static readonly WatchedDialog Caller = new("d1", DialogDirection.Initiator, "sip:alice@example.com", "sip:bob@example.com", "c@d", "f");

    [Fact]
    public void A_document_is_written_as_rfc_4235_has_it()
    {
        var document = new DialogStateDocument("sip:alice@example.com", 3, isFull: false,
        [
            new(Caller, DialogState.Trying, ""),
            new(Caller with { Id = "d2", Direction = DialogDirection.Recipient }, DialogState.Confirmed, "t"),
            new(Caller with { Id = "d3", Peer = "" }, DialogState.Rejected, "t", DialogEnding.Rejected, 486),
        ]);
        Assert.Equal(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\r\n"
            + "<dialog-info version=\"3\" state=\"partial\" entity=\"sip:alice@example.com\" xmlns=\"urn:ietf:params:xml:ns:dialog-info\">"
            + "<dialog id=\"d1\" call-id=\"c@d\" local-tag=\"f\" direction=\"initiator\"><state>trying</state>" + Parties + "</dialog>"
            + "<dialog id=\"d2\" call-id=\"c@d\" local-tag=\"t\" remote-tag=\"f\" direction=\"recipient\"><state>confirmed</state>" + Parties + "</dialog>"
            + "<dialog id=\"d3\" call-id=\"c@d\" local-tag=\"f\" remote-tag=\"t\" direction=\"initiator\"><state event=\"rejected\" code=\"486\">terminated</state>"
            + Parties[..Parties.IndexOf("<remote", StringComparison.Ordinal)] + "</dialog>"
            + "</dialog-info>\r\n",
            document.ToString());
    }

    [Fact]
    public void A_document_of_another_sender_is_read()
    {
        const string text =
            """
            <?xml version="1.0"?>
            <d:dialog-info xmlns:d="urn:ietf:params:xml:ns:dialog-info" xmlns:x="urn:x" version="7" state="full" entity="sip:bob@example.com">
              <d:dialog id="1" x:more="y"><d:state event="remote-bye">terminated</d:state><d:duration>9</d:duration></d:dialog>
              <d:dialog id="2" direction="recipient" local-tag="l" remote-tag="r"><d:state> early </d:state><x:other/></d:dialog>
              <d:dialog id="3"><d:state>unheard-of</d:state></d:dialog>
              <d:dialog><d:state>early</d:state></d:dialog>
            </d:dialog-info>
            """;
        Assert.True(DialogStateDocument.TryRead(text, out var document));
        Assert.Equal(("sip:bob@example.com", 7u, true), (document.Entity, document.Version, document.IsFull));
        Assert.Equal(2, document.Dialogs.Length);
        Assert.Equal((DialogState.Terminated, DialogEnding.RemoteBye, "sip:bob@example.com"), (document.Dialogs[0].State, document.Dialogs[0].Ending, document.Dialogs[0].Dialog.User));
        Assert.Equal((DialogState.Early, "l", "r"), (document.Dialogs[1].State, document.Dialogs[1].LocalTag, document.Dialogs[1].RemoteTag));
    }

    [Theory]
    [InlineData("")]
    [InlineData("hello")]
    [InlineData("<dialog-info/>")]
    [InlineData("<dialog-info xmlns=\"urn:ietf:params:xml:ns:dialog-info\" version=\"x\" entity=\"e\"/>")]
    [InlineData("<!DOCTYPE a [<!ENTITY b \"c\">]><dialog-info xmlns=\"urn:ietf:params:xml:ns:dialog-info\" version=\"1\" entity=\"&b;\"/>")]
    public void What_is_no_document_is_none(string text) => Assert.False(DialogStateDocument.TryRead(text, out _));

    [Fact]
    public void What_xml_cannot_hold_is_left_out() =>
        Assert.Contains("call-id=\"ab\"", new DialogStateDocument("e", 0, true, [new(Caller with { CallId = "a\u0001b" }, DialogState.Early, "t")]).ToString(), StringComparison.Ordinal);

    [Fact]
    public void Whatever_is_written_is_read_again() =>
        Gen.Select(Gen.Enum<DialogState>(), Gen.Enum<DialogDirection>(), Gen.OneOf("", "t", "<&>\"'"), Gen.OneOf("a", "<b>&\"'")).Sample((state, direction, tag, id) =>
        {
            var (ending, status) = state switch
            {
                DialogState.Cancelled => (DialogEnding.Cancelled, 487),
                DialogState.Rejected => (DialogEnding.Rejected, 603),
                DialogState.Terminated => (DialogEnding.Error, 0),
                _ => (DialogEnding.None, 0),
            };
            var change = new DialogStateChanged(Caller with { Id = id, Direction = direction }, state, tag, ending, status);
            return DialogStateDocument.TryRead(new DialogStateDocument(id, 1, true, [change]).ToString(), out var read)
                && read.Entity == id && read.Dialogs is [var only] && only == change;
        });

    private const string Parties =
        "<local><identity>sip:alice@example.com</identity><target uri=\"sip:alice@example.com\" /></local>"
        + "<remote><identity>sip:bob@example.com</identity><target uri=\"sip:bob@example.com\" /></remote>";
}
