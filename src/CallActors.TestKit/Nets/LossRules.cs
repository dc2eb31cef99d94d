using CallActors.Net;
using CallActors.Sip.Messages;

namespace CallActors.TestKit;

/// <summary>What a test wants to be lost on its way, each a number of times.</summary>
internal sealed class LossRules
{
    private sealed class Rule(NetAddress? from, NetAddress? to, string label, int times)
    {
        public int Left { get; private set; } = times;

        public bool Takes(NetAddress sender, NetAddress receiver, string what)
        {
            if (Left == 0 || (from is not null && !from.Ip.Equals(sender.Ip)) || (to is not null && !to.Ip.Equals(receiver.Ip))) return false;
            if (!what.StartsWith(label, StringComparison.Ordinal) || (what.Length > label.Length && what[label.Length] != ' ')) return false;
            Left--;
            return true;
        }
    }

    private readonly List<Rule> _rules = [];

    /// <summary>Adds a rule; the label is what stands on the ladder's arrow, or how it begins.</summary>
    public void Add(NetAddress? from, NetAddress? to, string label, int times) => _rules.Add(new Rule(from, to, label, times));

    /// <summary>Whether a datagram is to be lost.</summary>
    public bool Take(NetAddress from, NetAddress to, ReadOnlySpan<byte> datagram)
    {
        if (_rules.Count == 0 || SipParser.Parse(datagram) is not { Status: SipParseStatus.Message, Message: { } message }) return false;
        var label = new LadderMessage(default, "", "", NetProtocol.Udp, MemoryFate.Travels, message, default).Label;
        foreach (var rule in _rules)
        {
            if (rule.Takes(from, to, label)) return true;
        }

        return false;
    }
}
