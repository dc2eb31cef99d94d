using CallActors.Server.Configuration;

namespace CallActors.Server.Tests.Configuration;

public sealed class FindingTests
{
    [Theory]
    [InlineData("<sip>\n  <contcts/></sip>", "3:4: warning: unknown element <contcts> in <sip>; it has no effect")]
    [InlineData("<colour>red</colour>", "2:2: warning: unknown element <colour> in <drachtio>; it has no effect")]
    [InlineData("<cdrs mode='all'>yes</cdrs>", "2:7: warning: <cdrs> has no attribute 'mode'; it has no effect")]
    [InlineData("<sip><contacts><contact extern-ip='1.2.3.4'>sip:*</contact></contacts></sip>", "2:25: warning: <contact> has no attribute 'extern-ip'; it has no effect")]
    [InlineData("<cdrs>yes</cdrs><cdrs>no</cdrs>", "2:18: warning: <cdrs> stands here a second time; the first one holds")]
    [InlineData("<sip><capture-server port='9060' id='1'>10.0.0.1</capture-server></sip>", "2:7: warning: HEP capture is not available in this version; <capture-server> has no effect")]
    [InlineData("<sip><blacklist><redis-address>10.0.0.1</redis-address></blacklist></sip>", "2:7: warning: the Redis black list is not available in this version; <blacklist> has no effect")]
    [InlineData("<monitoring><prometheus port='9090'>0.0.0.0</prometheus></monitoring>", "2:14: warning: the Prometheus endpoint is not available in this version; <prometheus> has no effect")]
    [InlineData("<sip><session-timers default-refresher='both'/></sip>", "2:22: warning: 'both' is no refresher, so nobody is; write none, uac or uas")]
    [InlineData("<sip><tls><min-tls-version>1.0</min-tls-version></tls></sip>", "2:12: warning: TLS 1.0 is retired (RFC 8996) and not offered; 1.2 is the oldest version spoken")]
    [InlineData("<sip><spammers><header name='Contact'><value>x</value></header></spammers></sip>", "2:24: warning: spammers are looked for in User-Agent, From and To, not in 'Contact'; it has no effect")]
    [InlineData("<sip><timers><t1>soon</t1></timers></sip>", "2:15: error: 'soon' is not a number of milliseconds; write a whole number from 1 to 3600000")]
    [InlineData("<sip><timers>\n    <t1>0</t1></timers></sip>", "3:6: error: '0' is not a number of milliseconds; write a whole number from 1 to 3600000")]
    [InlineData("<sip><udp-buffer-size>4 MB</udp-buffer-size></sip>", "2:7: error: '4 MB' is not a number of bytes; write a whole number from 4096 to 2147483647")]
    [InlineData("<sip><contact>10.0.0.1</contact></sip>", "2:7: error: the contact '10.0.0.1' cannot be bound: it does not begin with sip: or sips:; write for example sip:192.0.2.1:5060;transport=udp,tcp")]
    [InlineData("<sip><contacts><contact external-ip='me.example'>sip:*</contact></contacts></sip>", "2:25: error: 'me.example' is not an IPv4 address; write for example 203.0.113.5")]
    [InlineData("<sip><contacts><contact external-ip='10.1'>sip:*</contact></contacts></sip>", "2:25: error: '10.1' is not an IPv4 address; write for example 203.0.113.5")]
    [InlineData("<sip><contacts><contact local-net='10.0.0.0/33'>sip:*</contact></contacts></sip>", "2:25: error: '10.0.0.0/33' is not an IPv4 network; write for example 10.0.0.0/8")]
    [InlineData("<sip><outbound-proxy>10.0.0.1:5060</outbound-proxy></sip>", "2:7: error: '10.0.0.1:5060' is not a SIP URI; write for example sip:192.0.2.10:5060;transport=udp")]
    [InlineData("<sip><spammers action='ban'/></sip>", "2:16: error: 'ban' cannot be used here; write discard or reject")]
    [InlineData("<cdrs>perhaps</cdrs>", "2:2: error: 'perhaps' cannot be used here; write yes or no")]
    [InlineData("<logging><loglevel>loud</loglevel></logging>", "2:11: error: 'loud' cannot be used here; write notice, error, warning, info or debug")]
    [InlineData("<logging><file><size>5</size></file></logging>", "2:11: error: the log file has no name; write for example <name>/var/log/drachtio/drachtio.log</name>")]
    [InlineData("<logging><syslog><port>514</port></syslog></logging>", "2:11: error: the syslog daemon has no address; write for example <address>127.0.0.1</address>")]
    [InlineData("<logging><syslog><address>h</address><facility>mail</facility></syslog></logging>", "2:39: error: 'mail' is not a syslog facility; write local0 to local7")]
    [InlineData("<request-handlers><request-handler/></request-handlers>", "2:20: error: the request handler has no URL; write for example <request-handler>http://127.0.0.1:8080</request-handler>")]
    [InlineData("<request-handlers><request-handler>tcp://10.0.0.1</request-handler></request-handlers>", "2:20: error: 'tcp://10.0.0.1' is not the URL of a request handler; write http://host:port/path or https://…, or tcp://host:port or tls://host:port for an application")]
    [InlineData("<request-handlers><request-handler http-method='PUT'>http://a</request-handler></request-handlers>", "2:36: error: 'PUT' cannot be used here; write GET or POST")]
    [InlineData("<callactors><limits><partitions>0</partitions></limits></callactors>", "2:22: error: '0' is not a number of partitions; write a whole number from 1 to 1024")]
    [InlineData("<callactors><limits><max-calls>1</max-calls></limits></callactors>", "2:22: warning: unknown element <max-calls> in <limits>; it has no effect")]
    public void Each_mistake_is_told_with_its_place_and_remedy(string elements, string finding) =>
        Assert.Equal("drachtio.conf.xml:" + finding, Assert.Single(Sources.Findings(elements)));

    [Theory]
    [InlineData("<drachtio><sip/></drachtio>", "1:2: error: there is no <admin> element; add for example <admin port=\"9022\" secret=\"…\">127.0.0.1</admin>")]
    [InlineData("<freeswitch/>", "1:2: error: the root element is <freeswitch>; a drachtio configuration stands in <drachtio>")]
    [InlineData("<drachtio>\n<admin port='x'>::1</admin></drachtio>", "2:8: error: 'x' is not a port; write a whole number from 0 to 65535")]
    [InlineData("<drachtio><admin port='70000'>::1</admin></drachtio>", "1:18: error: '70000' is not a port; write a whole number from 0 to 65535")]
    [InlineData("<drachtio><admin secret=''>::1</admin></drachtio>", "1:18: warning: the secret is empty, so everyone who reaches the port may control calls; write one")]
    public void A_file_without_a_usable_control_port_says_so(string xml, string finding)
    {
        Sources.File(xml, out var findings);
        Assert.Equal("drachtio.conf.xml:" + finding, Assert.Single(findings.All).ToString());
    }

    [Theory]
    [InlineData("", "1")]
    [InlineData("<drachtio>\n<admin>\n</drachtio>", "3")]
    [InlineData("<drachtio><!DOCTYPE x></drachtio>", "1")]
    [InlineData("<!DOCTYPE lolz [<!ENTITY lol 'lol'>]><drachtio><admin>&lol;</admin></drachtio>", "1")]
    public void What_is_no_xml_is_told_with_its_line(string xml, string line)
    {
        Sources.File(xml, out var findings);
        var finding = Assert.Single(findings.All);
        Assert.True(finding.IsError);
        Assert.StartsWith($"drachtio.conf.xml:{line}:", finding.Place, StringComparison.Ordinal);
        Assert.StartsWith("this is not well-formed XML", finding.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_not_there_is_an_error_with_a_remedy()
    {
        var findings = new Findings();
        ConfigurationFile.Read("/nowhere/drachtio.conf.xml", new ServerOptions(), findings);
        var finding = Assert.Single(findings.All);
        Assert.True(finding.IsError);
        Assert.Equal("/nowhere/drachtio.conf.xml", finding.Place);
        Assert.EndsWith("name another with --file, or use --noconfig to run without one", finding.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_mistake_of_a_file_is_told_at_once() =>
        Assert.Equal(3, Sources.Findings("<cdrs>x</cdrs><sip><timers><t1>x</t1><t2>x</t2></timers></sip>").Length);

    [Fact]
    public void The_secret_is_in_no_text_of_the_options() =>
        Assert.DoesNotContain("geheim", new ServerOptions { Admin = new() { Secret = "geheim" } }.ToString(), StringComparison.Ordinal);
}
