namespace CallActors.Sip.Messages;

/// <summary>Why a message is refused; the one list for parser, framer and builder.</summary>
public enum SipRejection : byte
{
    /// <summary>Nothing is wrong.</summary>
    None,

    /// <summary>No bytes but line breaks: a keep-alive in a datagram.</summary>
    Empty,

    /// <summary>The first line is neither a request line nor a status line.</summary>
    NoStartLine,

    /// <summary>The request line is not method, one space, URI, one space, version (RFC 3261 §7.1).</summary>
    BadRequestLine,

    /// <summary>The Request-URI has no scheme, characters no URI has, or a host or port that is none.</summary>
    BadRequestUri,

    /// <summary>The Request-URI carries header fields (RFC 3261 §19.1.1, RFC 4475 §3.1.2.11).</summary>
    HeadersInRequestUri,

    /// <summary>A scheme that the user of the parser cannot follow (RFC 3261 §8.2.2.1); the parser itself never says so.</summary>
    UnsupportedUriScheme,

    /// <summary>A SIP version other than 2.0.</summary>
    UnsupportedVersion,

    /// <summary>The status line is not version, three digits from 100 to 699, phrase (RFC 3261 §7.2).</summary>
    BadStatusLine,

    /// <summary>A header line without a name of token characters followed by a colon.</summary>
    BadHeaderLine,

    /// <summary>A CR or LF that is no line end, the means of header smuggling.</summary>
    LoneLineBreak,

    /// <summary>A NUL in the header section, other than a quoted pair.</summary>
    NulOctet,

    /// <summary>The header section has no end.</summary>
    HeadersUnterminated,

    /// <summary>The header section is longer than the limit.</summary>
    HeaderSectionTooLarge,

    /// <summary>More header fields than the limit.</summary>
    TooManyHeaders,

    /// <summary>The message is longer than the limit.</summary>
    MessageTooLarge,

    /// <summary>A mandatory header is absent (RFC 3261 §8.1.1).</summary>
    MissingHeader,

    /// <summary>A header that decides what the message means stands there twice (RFC 4475 §3.3.8).</summary>
    RepeatedHeader,

    /// <summary>The topmost Via does not follow the grammar.</summary>
    BadVia,

    /// <summary>The branch is nothing but the magic cookie (RFC 4475 §3.2.1): it would make different transactions one.</summary>
    BadBranch,

    /// <summary>From is no address.</summary>
    BadFrom,

    /// <summary>To is no address.</summary>
    BadTo,

    /// <summary>Call-ID is empty or has white space in it.</summary>
    BadCallId,

    /// <summary>CSeq is not a number below 2^31 and a method.</summary>
    BadCSeq,

    /// <summary>CSeq names another method than the request line.</summary>
    CSeqMethodMismatch,

    /// <summary>Max-Forwards is not a number from 0 to 255.</summary>
    BadMaxForwards,

    /// <summary>Contact is neither addresses nor a star.</summary>
    BadContact,

    /// <summary>Content-Length is no number.</summary>
    BadContentLength,

    /// <summary>Content-Length promises more than the datagram holds (RFC 3261 §18.3).</summary>
    BodyTruncated,
}
