namespace CallActors.Sip.Messages;

/// <summary>The header fields this stack knows by name; every other is <see cref="Unknown"/> and keeps its name in its bytes.</summary>
public enum SipHeaderId : byte
{
    /// <summary>A header field without an entry here.</summary>
    Unknown,

    /// <summary>Via, compact form v: RFC 3261 §20.42.</summary>
    Via,

    /// <summary>From, compact form f: RFC 3261 §20.20.</summary>
    From,

    /// <summary>To, compact form t: RFC 3261 §20.39.</summary>
    To,

    /// <summary>Call-ID, compact form i: RFC 3261 §20.8.</summary>
    CallId,

    /// <summary>CSeq: RFC 3261 §20.16.</summary>
    CSeq,

    /// <summary>Contact, compact form m: RFC 3261 §20.10.</summary>
    Contact,

    /// <summary>Max-Forwards: RFC 3261 §20.22.</summary>
    MaxForwards,

    /// <summary>Route: RFC 3261 §20.34.</summary>
    Route,

    /// <summary>Record-Route: RFC 3261 §20.30.</summary>
    RecordRoute,

    /// <summary>Content-Type, compact form c: RFC 3261 §20.15.</summary>
    ContentType,

    /// <summary>Content-Length, compact form l: RFC 3261 §20.14.</summary>
    ContentLength,

    /// <summary>Accept: RFC 3261 §20.1.</summary>
    Accept,

    /// <summary>Accept-Contact, compact form a: RFC 3841 §9.2.</summary>
    AcceptContact,

    /// <summary>Accept-Encoding: RFC 3261 §20.2.</summary>
    AcceptEncoding,

    /// <summary>Accept-Language: RFC 3261 §20.3.</summary>
    AcceptLanguage,

    /// <summary>Alert-Info: RFC 3261 §20.4.</summary>
    AlertInfo,

    /// <summary>Allow: RFC 3261 §20.5.</summary>
    Allow,

    /// <summary>Allow-Events, compact form u: RFC 6665 §8.2.2.</summary>
    AllowEvents,

    /// <summary>Authentication-Info: RFC 3261 §20.6.</summary>
    AuthenticationInfo,

    /// <summary>Authorization: RFC 3261 §20.7.</summary>
    Authorization,

    /// <summary>Call-Info: RFC 3261 §20.9.</summary>
    CallInfo,

    /// <summary>Content-Disposition: RFC 3261 §20.11.</summary>
    ContentDisposition,

    /// <summary>Content-Encoding, compact form e: RFC 3261 §20.12.</summary>
    ContentEncoding,

    /// <summary>Content-Language: RFC 3261 §20.13.</summary>
    ContentLanguage,

    /// <summary>Date: RFC 3261 §20.17.</summary>
    Date,

    /// <summary>Diversion: RFC 5806 §3.</summary>
    Diversion,

    /// <summary>Error: the specification, part 3.2.1.</summary>
    Error,

    /// <summary>Error-Info: RFC 3261 §20.18.</summary>
    ErrorInfo,

    /// <summary>Event, compact form o: RFC 6665 §8.2.1.</summary>
    Event,

    /// <summary>Expires: RFC 3261 §20.19.</summary>
    Expires,

    /// <summary>History-Info: RFC 7044 §5.</summary>
    HistoryInfo,

    /// <summary>Identity, compact form y: RFC 8224 §4.</summary>
    Identity,

    /// <summary>Identity-Info, compact form n: RFC 4474 §9.</summary>
    IdentityInfo,

    /// <summary>In-Reply-To: RFC 3261 §20.21.</summary>
    InReplyTo,

    /// <summary>Info-Package: RFC 6086 §7.2.</summary>
    InfoPackage,

    /// <summary>Join: RFC 3911 §7.1.</summary>
    Join,

    /// <summary>Min-Expires: RFC 3261 §20.23.</summary>
    MinExpires,

    /// <summary>Min-SE: RFC 4028 §5.</summary>
    MinSE,

    /// <summary>MIME-Version: RFC 3261 §20.24.</summary>
    MimeVersion,

    /// <summary>Organization: RFC 3261 §20.25.</summary>
    Organization,

    /// <summary>P-Asserted-Identity: RFC 3325 §9.1.</summary>
    PAssertedIdentity,

    /// <summary>P-Preferred-Identity: RFC 3325 §9.2.</summary>
    PPreferredIdentity,

    /// <summary>Path: RFC 3327 §4.</summary>
    Path,

    /// <summary>Priority: RFC 3261 §20.26.</summary>
    Priority,

    /// <summary>Privacy: RFC 3323 §4.2.</summary>
    Privacy,

    /// <summary>Proxy-Authenticate: RFC 3261 §20.27.</summary>
    ProxyAuthenticate,

    /// <summary>Proxy-Authentication-Info: RFC 7615 §4.</summary>
    ProxyAuthenticationInfo,

    /// <summary>Proxy-Authorization: RFC 3261 §20.28.</summary>
    ProxyAuthorization,

    /// <summary>Proxy-Require: RFC 3261 §20.29.</summary>
    ProxyRequire,

    /// <summary>RAck: RFC 3262 §7.2.</summary>
    RAck,

    /// <summary>Reason: RFC 3326 §2.</summary>
    Reason,

    /// <summary>Recv-Info: RFC 6086 §7.3.</summary>
    RecvInfo,

    /// <summary>Refer-Sub: RFC 4488 §4.</summary>
    ReferSub,

    /// <summary>Refer-To, compact form r: RFC 3515 §2.1.</summary>
    ReferTo,

    /// <summary>Referred-By, compact form b: RFC 3892 §3.</summary>
    ReferredBy,

    /// <summary>Reject-Contact, compact form j: RFC 3841 §9.2.</summary>
    RejectContact,

    /// <summary>Remote-Party-ID: draft-ietf-sip-privacy-04 §6.1.</summary>
    RemotePartyId,

    /// <summary>Replaces: RFC 3891 §6.1.</summary>
    Replaces,

    /// <summary>Reply-To: RFC 3261 §20.31.</summary>
    ReplyTo,

    /// <summary>Request-Disposition, compact form d: RFC 3841 §9.1.</summary>
    RequestDisposition,

    /// <summary>Require: RFC 3261 §20.32.</summary>
    Require,

    /// <summary>Retry-After: RFC 3261 §20.33.</summary>
    RetryAfter,

    /// <summary>RSeq: RFC 3262 §7.1.</summary>
    RSeq,

    /// <summary>Security-Client: RFC 3329 §2.2.</summary>
    SecurityClient,

    /// <summary>Security-Server: RFC 3329 §2.2.</summary>
    SecurityServer,

    /// <summary>Security-Verify: RFC 3329 §2.2.</summary>
    SecurityVerify,

    /// <summary>Server: RFC 3261 §20.35.</summary>
    Server,

    /// <summary>Service-Route: RFC 3608 §5.</summary>
    ServiceRoute,

    /// <summary>Session-Expires, compact form x: RFC 4028 §4.</summary>
    SessionExpires,

    /// <summary>SIP-ETag: RFC 3903 §11.3.1.</summary>
    SipETag,

    /// <summary>SIP-If-Match: RFC 3903 §11.3.2.</summary>
    SipIfMatch,

    /// <summary>Subject, compact form s: RFC 3261 §20.36.</summary>
    Subject,

    /// <summary>Subscription-State: RFC 6665 §8.2.3.</summary>
    SubscriptionState,

    /// <summary>Supported, compact form k: RFC 3261 §20.37.</summary>
    Supported,

    /// <summary>Target-Dialog: RFC 4538 §7.</summary>
    TargetDialog,

    /// <summary>Timestamp: RFC 3261 §20.38.</summary>
    Timestamp,

    /// <summary>Unsupported: RFC 3261 §20.40.</summary>
    Unsupported,

    /// <summary>User-Agent: RFC 3261 §20.41.</summary>
    UserAgent,

    /// <summary>Warning: RFC 3261 §20.43.</summary>
    Warning,

    /// <summary>WWW-Authenticate: RFC 3261 §20.44.</summary>
    WwwAuthenticate,
}
