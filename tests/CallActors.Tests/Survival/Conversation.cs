using CallActors.TestKit;
using CallActors.Tests.Flows;

namespace CallActors.Tests.Survival;

/// <summary>One call of Alice's to Bob through one of two nodes, played to its end whatever is lost on the way, by phones that answer whatever comes.</summary>
internal sealed class Conversation : IDisposable
{
    private readonly List<(OfferedCall Call, TimeSpan Due)> _ringing = [];
    private readonly List<PhoneDialog> _dialogs = [];

    public Conversation(Func<CallActorsOptions, CallActorsOptions>? configure = null)
    {
        Script = new Script { Invited = static (flow, call) => flow.Connects(call) };
        (First, Second) = (Script.On(Net, configure, "one"), Script.On(Net, configure, "two"));
        (Alice, Bob) = (Net.Phone("alice"), Net.Phone("bob"));
    }

    public TestNet Net { get; } = new();

    public Script Script { get; }

    public TestNode First { get; }

    public TestNode Second { get; }

    public Phone Alice { get; }

    public Phone Bob { get; }

    /// <summary>Whether a BYE may be taken for one of no dialog: a server that is started anew knows no transactions, and the application has let the call go.</summary>
    public bool MayForget { get; set; }

    /// <summary>Alice's call.</summary>
    public PlacedCall Placed { get; private set; } = null!;

    /// <summary>Bob's side of it: the one that he answered last.</summary>
    public OfferedCall Offered { get; private set; } = null!;

    /// <summary>The bodies of INFOs, as they were heard.</summary>
    public List<string> Heard { get; } = [];

    /// <summary>The node where the call lives.</summary>
    public TestNode Holder => First.Calls > 0 ? First : Second;

    /// <summary>The other one.</summary>
    public TestNode Other => Holder == First ? Second : First;

    /// <summary>The records that both have written.</summary>
    public IEnumerable<CallRecord> Records => Net.Nodes.Values.SelectMany(node => node.Records);

    /// <summary>Alice calls, Bob rings for half a second and answers, and Alice acknowledges.</summary>
    public void SetsUp()
    {
        Placed = Alice.Invites("bob");
        _dialogs.Add(Placed);
        Until(() => Placed.Invite.Heard.Any(response => response.IsFinal), "a final response to the INVITE");
        foreach (var response in Placed.Invite.Heard.Where(response => response.StatusCode != 100).ToArray()) Placed.Receives(response.StatusCode);
        Assert.Equal(200, Placed.Response!.StatusCode);
        Placed.Acks();
        Lasts(TimeSpan.FromSeconds(1));
        Assert.Single(Placed.Invite.Heard, response => response.IsFinal);
    }

    /// <summary>One side presses a key, and the other hears it once.</summary>
    public void Presses(PhoneDialog dialog, string key)
    {
        var info = dialog.Sends("INFO", key);
        Until(() => info.Heard.Any(response => response.IsFinal), $"a final response to INFO {key}");
        if (info.Heard[^1].StatusCode != 200) throw Net.Fault($"INFO {key} got {info.Heard[^1].StatusCode}.");
        Assert.Single(Heard, key);
    }

    /// <summary>One side offers anew. Where that met the loss it is tried again, as phones do.</summary>
    public void Offers(PhoneDialog dialog)
    {
        for (var attempt = 1; ; attempt++)
        {
            var invite = dialog.Reinvites();
            Until(() => invite.Heard.Any(response => response.IsFinal) || attempt == 1 && Net.Now - _started > s_patience, "a final response to the re-INVITE");
            if (invite.Heard.FirstOrDefault(response => response.IsFinal) is { } final)
            {
                foreach (var response in invite.Heard.Where(response => response.StatusCode != 100).ToArray()) invite.Receives(response.StatusCode);
                if (final.IsSuccess)
                {
                    invite.Acks();
                    return;
                }
            }

            Assert.True(attempt < 4, $"the re-INVITE got {(invite.Heard.Count > 0 ? invite.Heard[^1].StatusCode : 0)}\n{Net.Ladder}");
            Lasts(TimeSpan.FromSeconds(2));
        }
    }

    /// <summary>One side hangs up, and so is the other.</summary>
    public void Ends(PhoneDialog dialog)
    {
        var other = dialog == Placed ? (PhoneDialog)Offered : Placed;
        var bye = dialog.Sends("BYE");
        Until(() => bye.Heard.Any(response => response.IsFinal), "a response to the BYE");
        Assert.True(bye.Heard[^1].StatusCode == 200 || (MayForget && bye.Heard[^1].StatusCode == 481));
        Until(() => !_dialogs.Contains(other), "the other side to be hung up");
        Net.AssertNothingLeft();
        if (Records.Count() != 1) throw Net.Fault($"There are {Records.Count()} records: {string.Join("; ", Net.Nodes.Values.SelectMany(node => node.Records.Select(record => $"{node.Name} {record.Key} {string.Join(", ", record.Legs.Select(leg => leg.End))}")))}");
        Assert.NotNull(Records.Single().AnsweredAt);
    }

    /// <summary>All that follows the set-up.</summary>
    public void Talks()
    {
        Presses(Offered, "key=1");
        Presses(Placed, "key=2");
        Offers(Offered);
        Lasts(TimeSpan.FromSeconds(1));
        Presses(Placed, "key=3");
        Ends(Placed);
    }

    /// <summary>Lets time pass, and the phones answer.</summary>
    public void Lasts(TimeSpan duration)
    {
        for (var until = Net.Now + duration; Net.Now < until;)
        {
            Step();
            Net.Run(TimeSpan.FromMilliseconds(10));
        }

        Step();
    }

    public void Dispose() => Net.Dispose();

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(35);
    private TimeSpan _started;

    private void Until(Func<bool> isSo, string what)
    {
        _started = Net.Now;
        while (!isSo())
        {
            if (Net.Now - _started > TimeSpan.FromSeconds(60)) throw Net.Fault($"Expected {what}.");
            Step();
            Net.Run(TimeSpan.FromMilliseconds(10));
        }
    }

    private void Step()
    {
        while (Bob.HasNews) _ringing.Add((Bob.ReceivesInvite().Rings(), Net.Now + TimeSpan.FromMilliseconds(500)));
        foreach (var ringing in _ringing.ToArray())
        {
            if (ringing.Call.Invite.IsCancelled)
            {
                ringing.Call.ReceivesCancel();
                _ringing.Remove(ringing);
            }
            else if (Net.Now >= ringing.Due)
            {
                _dialogs.Add(Offered = ringing.Call.Answers());
                _ringing.Remove(ringing);
            }
        }

        foreach (var dialog in _dialogs.ToArray())
        {
            while (dialog.HasNews) Answer(dialog, dialog.TakeNext());
        }
    }

    private void Answer(PhoneDialog dialog, TestKit.ReceivedRequest request)
    {
        if (request.Method == "BYE") _dialogs.Remove(dialog);
        if (request.Method == "INFO") Heard.Add(request.Body.ToString());
        if (request is ReceivedInvite invite) invite.Answers();
        else request.Answers(200);
    }
}
