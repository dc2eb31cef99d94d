namespace CallActors.Sip.Messages;

/// <summary>What every message is asked for, found once while it was read or written.</summary>
internal struct SipFacts
{
    /// <summary>Method name of a request, reason phrase of a response.</summary>
    public SipRange StartWord;

    /// <summary>Empty in a response.</summary>
    public SipRange RequestUri;

    public SipRange CallId;
    public SipRange FromTag;
    public SipRange ToTag;
    public SipRange Branch;
    public SipRange SentBy;
    public SipRange CSeqMethodName;
    public uint CSeq;
    public int BodyStart;

    /// <summary>Zero in a request.</summary>
    public short StatusCode;
    public SipMethod Method;
    public SipMethod CSeqMethod;
}
