using System.Globalization;

namespace CallActors.Chaos.Faults;

/// <summary>The two ends of a held call as SIPp plays them, with a counter in each INFO that the callee checks.</summary>
internal static class SippScenarios
{
    private const string Head = """
              Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
              Max-Forwards: 70
        """;

    /// <summary>Who calls, sends so many counters, and hangs up.</summary>
    /// <param name="counters">How many.</param>
    /// <param name="interval">Milliseconds between two.</param>
    /// <remarks>SIPp makes a branch of the place in the scenario: in a loop it takes more to be another transaction.</remarks>
    public static string Caller(int counters, int interval) => string.Create(CultureInfo.InvariantCulture, $"""
        <?xml version="1.0" encoding="ISO-8859-1" ?>
        <scenario name="held caller">
          <send retrans="500"><![CDATA[
              INVITE sip:5[call_number]@[remote_ip]:[remote_port] SIP/2.0
        {Head}
              From: <sip:s[call_number]@[local_ip]:[local_port]>;tag=s[call_number]
              To: <sip:5[call_number]@[remote_ip]:[remote_port]>
              Call-ID: [call_id]
              CSeq: 1 INVITE
              Contact: <sip:s[call_number]@[local_ip]:[local_port]>
              Content-Type: application/sdp
              Content-Length: [len]

              v=0
              o=- 1 1 IN IP4 127.0.0.1
              s=-
              c=IN IP4 127.0.0.1
              t=0 0
              m=audio 40000 RTP/AVP 0
          ]]></send>
          <recv response="100" optional="true"/>
          <recv response="180" optional="true"/>
          <recv response="200" rrs="true"/>
          <send><![CDATA[
              ACK [next_url] SIP/2.0
        {Head}
              From: <sip:s[call_number]@[local_ip]:[local_port]>;tag=s[call_number]
              To: <sip:5[call_number]@[remote_ip]:[remote_port]>[peer_tag_param]
              Call-ID: [call_id]
              CSeq: 1 ACK
              Content-Length: 0

          ]]></send>
          <label id="1"/>
          <pause milliseconds="{interval}"/>
          <nop><action><add assign_to="counter" value="1"/><test assign_to="more" variable="counter" compare="less_than" value="{counters}"/></action></nop>
          <send retrans="500"><![CDATA[
              INFO [next_url] SIP/2.0
              Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]x[cseq]
              Max-Forwards: 70
              From: <sip:s[call_number]@[local_ip]:[local_port]>;tag=s[call_number]
              To: <sip:5[call_number]@[remote_ip]:[remote_port]>[peer_tag_param]
              Call-ID: [call_id]
              CSeq: [cseq] INFO
              Content-Type: text/x-counter
              Content-Length: [len]

              [$counter]
          ]]></send>
          <recv response="200"/>
          <nop next="1" test="more"/>
          <send retrans="500"><![CDATA[
              BYE [next_url] SIP/2.0
        {Head}
              From: <sip:s[call_number]@[local_ip]:[local_port]>;tag=s[call_number]
              To: <sip:5[call_number]@[remote_ip]:[remote_port]>[peer_tag_param]
              Call-ID: [call_id]
              CSeq: [cseq] BYE
              Content-Length: 0

          ]]></send>
          <recv response="200"/>
        </scenario>
        """);

    /// <summary>Who is called: each counter must be the next one, else the INFO is refused, and with it the caller's call.</summary>
    public static string Callee { get; } = """
        <?xml version="1.0" encoding="ISO-8859-1" ?>
        <scenario name="held callee">
          <recv request="INVITE"/>
          <send><![CDATA[
              SIP/2.0 180 Ringing
              [last_Via:]
              [last_From:]
              [last_To:];tag=t[call_number]
              [last_Call-ID:]
              [last_CSeq:]
              Contact: <sip:[local_ip]:[local_port]>
              Content-Length: 0

          ]]></send>
          <send retrans="500"><![CDATA[
              SIP/2.0 200 OK
              [last_Via:]
              [last_From:]
              [last_To:];tag=t[call_number]
              [last_Call-ID:]
              [last_CSeq:]
              Contact: <sip:[local_ip]:[local_port]>
              Content-Type: application/sdp
              Content-Length: [len]

              v=0
              o=- 1 1 IN IP4 127.0.0.1
              s=-
              c=IN IP4 127.0.0.1
              t=0 0
              m=audio 42000 RTP/AVP 0
          ]]></send>
          <recv request="ACK"/>
          <label id="1"/>
          <recv request="BYE" optional="true" next="3"/>
          <recv request="INFO">
            <action>
              <ereg regexp="[0-9.]+" search_in="body" check_it="true" assign_to="text"/>
              <todouble assign_to="counter" variable="text"/>
              <add assign_to="last" value="1"/>
              <test assign_to="wrong" variable="counter" compare="not_equal" variable2="last"/>
            </action>
          </recv>
          <nop next="2" test="wrong"/>
          <send next="1"><![CDATA[
              SIP/2.0 200 OK
              [last_Via:]
              [last_From:]
              [last_To:]
              [last_Call-ID:]
              [last_CSeq:]
              Content-Length: 0

          ]]></send>
          <label id="2"/>
          <send next="1"><![CDATA[
              SIP/2.0 488 Not The Next Counter
              [last_Via:]
              [last_From:]
              [last_To:]
              [last_Call-ID:]
              [last_CSeq:]
              Content-Length: 0

          ]]></send>
          <label id="3"/>
          <send><![CDATA[
              SIP/2.0 200 OK
              [last_Via:]
              [last_From:]
              [last_To:]
              [last_Call-ID:]
              [last_CSeq:]
              Content-Length: 0

          ]]></send>
          <timewait milliseconds="4000"/>
        </scenario>
        """;
}
