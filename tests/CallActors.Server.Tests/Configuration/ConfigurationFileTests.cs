using CallActors.Net;
using CallActors.Server.Configuration;

namespace CallActors.Server.Tests.Configuration;

public sealed class ConfigurationFileTests
{
    [Fact]
    public void Every_element_is_read()
    {
        var options = Sources.File(
            """
            <?xml version="1.0" encoding="UTF-8"?>
            <!-- a comment -->
            <drachtio>
              <admin port="9122" tls-port="9123" secret="geheim" tcp-keepalive="30" tls="true">10.0.0.1</admin>
              <request-handlers>
                <request-handler sip-method="INVITE" http-method="POST" verify-peer="yes">https://router.example/calls</request-handler>
                <request-handler>tcp://10.0.0.9:4000</request-handler>
              </request-handlers>
              <sip>
                <contacts>
                  <contact external-ip="203.0.113.5" local-net="10.0.0.7/8" dns-names="a.example, b.example;c.example d.example">
                    sip:10.0.0.1:5060;transport=udp,tcp
                  </contact>
                  <contact>sips:10.0.0.1:8443;transport=wss</contact>
                </contacts>
                <outbound-proxy>sip:10.0.0.2</outbound-proxy>
                <reject-register-with-no-realm>1</reject-register-with-no-realm>
                <user-agent-options-auto-respond>probe/1.0</user-agent-options-auto-respond>
                <aggressive-nat-detection>YES</aggressive-nat-detection>
                <session-timers default-refresher="UAS"/>
                <timers><t1>250</t1><t2>2000</t2><t4>2500</t4><t1x64>16000</t1x64></timers>
                <udp-mtu>4096</udp-mtu>
                <mtu-size>4096</mtu-size>
                <udp-buffer-size>65536</udp-buffer-size>
                <tls>
                  <key-file>/k.pem</key-file><cert-file>/c.pem</cert-file><chain-file>/ca.pem</chain-file>
                  <dh-param>/dh.pem</dh-param><min-tls-version>1.3</min-tls-version>
                </tls>
                <spammers action="reject" tcp-action="discard">
                  <header name="User-Agent"><value>sipvicious</value><value>friendly-scanner</value></header>
                  <header name="to"><value>100</value></header>
                  <header name="From"><value>sipp</value></header>
                  <header><value>ignored</value></header>
                </spammers>
              </sip>
              <cdrs>Yes</cdrs>
              <logging>
                <sofia-loglevel>3</sofia-loglevel>
                <loglevel>debug</loglevel>
                <console/>
                <syslog><address>10.0.0.3</address><port>515</port><facility>local6</facility></syslog>
                <file>
                  <name>/var/log/d.log</name><archive>/var/log/a</archive><size>5</size><maxSize>16</maxSize><minSize>100</minSize>
                  <auto-flush>false</auto-flush><maxFiles>7</maxFiles>
                </file>
              </logging>
            </drachtio>
            """,
            out var findings);

        Assert.Empty(findings.All);
        Assert.Equal(new AdminOptions { Address = "10.0.0.1", TcpPort = 9122, TlsPort = 9123, Secret = "geheim", TcpKeepAlive = TimeSpan.FromSeconds(30) }, options.Admin);
        Assert.Collection(
            options.RequestHandlers,
            first => Assert.Equal(("INVITE", "https://router.example/calls", true, true), (first.Method, first.Url, first.UsePost, first.VerifyPeer)),
            second => Assert.Equal(("*", true, false, false), (second.Method, second.IsDirect, second.UsePost, second.VerifyPeer)));
        Assert.Collection(
            options.Contacts,
            first =>
            {
                Assert.Equal("sip:10.0.0.1:5060;transport=udp,tcp", first.Text);
                Assert.Equal("203.0.113.5", first.ExternalIp!.ToString());
                Assert.Equal("10.0.0.0/8", first.LocalNet!.Value.ToString());
                Assert.Equal<string>(["a.example", "b.example", "c.example", "d.example"], first.DnsNames);
            },
            second => Assert.Equal<NetProtocol>([NetProtocol.Wss], second.Transports));
        Assert.Equal("sip:10.0.0.2", options.OutboundProxy);
        Assert.True(options.RejectRegisterWithNoRealm);
        Assert.Equal("probe/1.0", options.UserAgentOptionsAutoRespond);
        Assert.True(options.AggressiveNat);
        Assert.Equal(SessionRefresher.Uas, options.DefaultRefresher);
        Assert.Equal(
            new TimerOptions { T1 = TimeSpan.FromSeconds(0.25), T2 = TimeSpan.FromSeconds(2), T4 = TimeSpan.FromSeconds(2.5), T1x64 = TimeSpan.FromSeconds(16) },
            options.Timers);
        Assert.Equal(65536, options.UdpBufferSize);
        Assert.Equal(new ServerTlsOptions { KeyFile = "/k.pem", CertFile = "/c.pem", ChainFile = "/ca.pem", MinVersion = TlsVersion.Tls13 }, options.Tls);
        Assert.Equal((SpammerAction.Reject, SpammerAction.Discard), (options.Spammers!.Action, options.Spammers.TcpAction));
        Assert.Equal<string>(["sipvicious", "friendly-scanner"], options.Spammers.UserAgent);
        Assert.Equal<string>(["100"], options.Spammers.To);
        Assert.Equal<string>(["sipp"], options.Spammers.From);
        Assert.True(options.Cdrs);
        Assert.Equal((LogVerbosity.Debug, true), (options.Log.Level, options.Log.Console));
        Assert.Equal(new SyslogOptions { Address = "10.0.0.3", Port = 515, Facility = 22 }, options.Log.Syslog);
        Assert.Equal(
            new LogFileOptions { Name = "/var/log/d.log", Archive = "/var/log/a", Size = 5 << 20, MaxSize = 16 << 20, MinFree = 100 << 20, AutoFlush = false, MaxFiles = 7 },
            options.Log.File);
    }

    [Fact]
    public void Our_own_element_holds_what_drachtio_has_no_word_for()
    {
        var options = Sources.Clean(
            """
            <callactors>
              <listen-backlog>100</listen-backlog><offer-unknown-bye>yes</offer-unknown-bye>
              <extensions><enabled>no</enabled><grace>90</grace><adopt-by-tags>yes</adopt-by-tags></extensions>
              <drain><timeout>60</timeout><retry-after>20</retry-after></drain>
              <limits>
                <partitions>3</partitions><max-transactions>11</max-transactions><max-dialogs>12</max-dialogs><max-pending-requests>13</max-pending-requests>
                <max-stream-connections>14</max-stream-connections><max-control-connections>15</max-control-connections>
                <max-sip-message>2048</max-sip-message><max-control-frame>2049</max-control-frame><max-control-backlog>2050</max-control-backlog>
                <max-stream-backlog>2051</max-stream-backlog><max-routing-answer>2052</max-routing-answer>
                <authenticate-timeout>1</authenticate-timeout><app-answer-timeout>2</app-answer-timeout><unanswered-invite-status>504</unanswered-invite-status>
                <proceeding-timeout>3</proceeding-timeout><idle-stream-timeout>4</idle-stream-timeout><partial-message-timeout>5</partial-message-timeout>
                <connect-timeout>6</connect-timeout><routing-connect-timeout>7</routing-connect-timeout><routing-query-timeout>8</routing-query-timeout>
                <retry-after>9</retry-after><restore-grace>0</restore-grace>
              </limits>
            </callactors>
            """);

        Assert.Equal((100, true), (options.ListenBacklog, options.OfferUnknownBye));
        Assert.Equal(new ExtensionOptions { IsOn = false, Grace = TimeSpan.FromSeconds(90), AdoptByTags = true }, options.Extensions);
        Assert.Equal(new DrainOptions { Timeout = TimeSpan.FromSeconds(60), RetryAfter = TimeSpan.FromSeconds(20) }, options.Drain);
        Assert.Equal(
            new LimitOptions
            {
                Partitions = 3,
                MaxTransactions = 11,
                MaxDialogs = 12,
                MaxPendingRequests = 13,
                MaxStreamConnections = 14,
                MaxControlConnections = 15,
                MaxSipMessage = 2048,
                MaxControlFrame = 2049,
                MaxControlBacklog = 2050,
                MaxStreamBacklog = 2051,
                MaxRoutingAnswer = 2052,
                AuthenticateTimeout = TimeSpan.FromSeconds(1),
                AppAnswerTimeout = TimeSpan.FromSeconds(2),
                UnansweredInviteStatus = 504,
                ProceedingTimeout = TimeSpan.FromSeconds(3),
                IdleStreamTimeout = TimeSpan.FromSeconds(4),
                PartialMessageTimeout = TimeSpan.FromSeconds(5),
                ConnectTimeout = TimeSpan.FromSeconds(6),
                RoutingConnectTimeout = TimeSpan.FromSeconds(7),
                RoutingQueryTimeout = TimeSpan.FromSeconds(8),
                RetryAfter = TimeSpan.FromSeconds(9),
                RestoreGrace = TimeSpan.Zero,
            },
            options.Limits);
    }

    [Fact]
    public void What_a_file_does_not_say_stays_as_it_was()
    {
        var options = Sources.Clean("");
        var expected = new ServerOptions { Admin = new() { Secret = "admin" } };
        Assert.Equal(expected.Admin, options.Admin);
        Assert.Same(ContactOptions.Default, Assert.Single(options.Contacts));
        Assert.Equal((expected.Timers, expected.Limits, expected.Log, expected.Drain), (options.Timers, options.Limits, options.Log, options.Drain));
        Assert.False(options.Cdrs);
    }

    [Fact]
    public void The_old_single_contact_is_read() =>
        Assert.Equal("sip:10.0.0.1:5070", Assert.Single(Sources.Clean("<sip><contact>sip:10.0.0.1:5070</contact></sip>").Contacts).Text);

    [Theory]
    [InlineData("<admin port='0' tls-port='9023'>::1</admin>", null, 9023)]
    [InlineData("<admin port='0'>::1</admin>", null, null)]
    [InlineData("<admin tls-port='9023'>::1</admin>", 9022, 9023)]
    [InlineData("<admin tls-port='0'>::1</admin>", 9022, null)]
    public void Port_zero_in_the_file_means_none(string admin, int? tcp, int? tls)
    {
        var options = Sources.File($"<drachtio>{admin}</drachtio>", out var findings);
        Assert.Empty(findings.All);
        Assert.Equal((tcp, tls), (options.Admin.TcpPort, options.Admin.TlsPort));
    }

    [Fact]
    public void Of_two_handlers_for_a_method_the_first_holds()
    {
        var options = Sources.File(
            "<drachtio><admin/><request-handlers><request-handler sip-method='invite'>http://a</request-handler>\n<request-handler sip-method='INVITE'>http://b</request-handler></request-handlers></drachtio>",
            out var findings);
        Assert.Equal("http://a", Assert.Single(options.RequestHandlers).Url);
        Assert.Equal("drachtio.conf.xml:2:2: warning: there is a request handler for INVITE already; the first one holds", Assert.Single(findings.All).ToString());
    }
}
