namespace CallActors.Benchmarks.Calls;

/// <summary>Debian's Kamailio as a stateful, record-routing proxy between two SIPps, one worker, with the fast allocator (`-x fm -X fm`).</summary>
internal sealed class KamailioContender(string directory) : Contender("kamailio", directory)
{
    private readonly int _port = LoopbackPort.Free();
    private RunningProgram? _server;

    public override RunningProgram? Server => _server;

    public override bool Plays(Scenario scenario) => scenario.Name != "bridged";

    public override int SipPort(Scenario scenario) => _port;

    public override void Start(IReadOnlyList<Scenario> scenarios)
    {
        var configuration = Path.Combine(DirectoryOf("kamailio"), "kamailio.cfg");
        var ports = scenarios.ToDictionary(s => s.CalledUser, s => 0);
        // The server comes first in the list of programs, but needs its callees' ports: they are chosen here and used below.
        foreach (var scenario in scenarios) ports[scenario.CalledUser] = LoopbackPort.Free();
        File.WriteAllText(configuration, Configuration(ports));
        _server = Run("kamailio", ["kamailio", "-DD", "-E", "-x", "fm", "-X", "fm", "-m", "2048", "-M", "32", "-f", configuration, "-Y", DirectoryOf("kamailio")]);
        foreach (var scenario in scenarios) RunCallee(scenario, ports[scenario.CalledUser]);
        Thread.Sleep(1500);
        if (_server.HasEnded) throw new UsageException("Kamailio did not start:\n" + _server.Tail());
    }

    private string Configuration(Dictionary<string, int> callees) => $$"""
        debug=0
        log_stderror=yes
        children=1
        disable_tcp=yes
        auto_aliases=no
        dns=no
        rev_dns=no
        maxbuffer=4194304
        listen=udp:127.0.0.1:{{_port}}

        loadmodule "tm.so"
        loadmodule "tmx.so"
        loadmodule "rr.so"
        loadmodule "sl.so"
        loadmodule "pv.so"
        loadmodule "siputils.so"
        loadmodule "textops.so"

        request_route {
            if (has_totag()) {
                if (loose_route()) {
                    t_relay();
                    exit;
                }
                # The ACK to a rejection is for the transaction here.
                if (is_method("ACK")) t_check_trans();
                exit;
            }
            record_route();
        {{string.Concat(callees.Select(c => $"    if ($rU == \"{c.Key}\") $du = \"sip:127.0.0.1:{c.Value}\";\n"))}}
            if (!t_relay()) sl_reply_error();
        }

        """;
}
