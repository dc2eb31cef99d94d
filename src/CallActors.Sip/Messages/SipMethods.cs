namespace CallActors.Sip.Messages;

/// <summary>Names of the methods. Method names are case sensitive (RFC 3261 §7.1).</summary>
public static class SipMethods
{
    /// <summary>The method of this name, or <see cref="SipMethod.Unknown"/>.</summary>
    public static SipMethod Find(ReadOnlySpan<byte> name)
    {
        var method = name.Length switch
        {
            3 => name[0] == 'A' ? SipMethod.Ack : SipMethod.Bye,
            4 => SipMethod.Info,
            5 => name[0] == 'P' ? SipMethod.Prack : SipMethod.Refer,
            6 => name[0] switch
            {
                (byte)'I' => SipMethod.Invite,
                (byte)'C' => SipMethod.Cancel,
                (byte)'N' => SipMethod.Notify,
                _ => SipMethod.Update,
            },
            7 => name[0] switch
            {
                (byte)'O' => SipMethod.Options,
                (byte)'M' => SipMethod.Message,
                _ => SipMethod.Publish,
            },
            8 => SipMethod.Register,
            9 => SipMethod.Subscribe,
            _ => SipMethod.Unknown,
        };
        return name.SequenceEqual(Name(method)) ? method : SipMethod.Unknown;
    }

    /// <summary>The name as it stands on the wire; empty for <see cref="SipMethod.Unknown"/>.</summary>
    public static ReadOnlySpan<byte> Name(SipMethod method) => method switch
    {
        SipMethod.Invite => "INVITE"u8,
        SipMethod.Ack => "ACK"u8,
        SipMethod.Bye => "BYE"u8,
        SipMethod.Cancel => "CANCEL"u8,
        SipMethod.Register => "REGISTER"u8,
        SipMethod.Options => "OPTIONS"u8,
        SipMethod.Info => "INFO"u8,
        SipMethod.Prack => "PRACK"u8,
        SipMethod.Subscribe => "SUBSCRIBE"u8,
        SipMethod.Notify => "NOTIFY"u8,
        SipMethod.Update => "UPDATE"u8,
        SipMethod.Message => "MESSAGE"u8,
        SipMethod.Refer => "REFER"u8,
        SipMethod.Publish => "PUBLISH"u8,
        _ => default,
    };
}
