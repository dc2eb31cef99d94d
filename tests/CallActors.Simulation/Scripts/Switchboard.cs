using System.Globalization;
using System.Text;
using CallActors.Control.Replies;
using CallActors.Simulation.Peers;
using CallActors.Sip.Headers;
using CallActors.Sip.Messages;

namespace CallActors.Simulation.Scripts;

/// <summary>The application of all simulated calls, and the book it keeps: whose request, which dialogs live, which answers are due.</summary>
internal sealed class Switchboard
{
    private sealed record Due(Call Call, bool IsInvite, Action<SipResponse> Heard);

    private readonly Dictionary<string, Due> _due = [];
    private readonly Dictionary<string, Call> _byCallId = [];
    private readonly World _world;

    public Switchboard(World world, Application application)
    {
        _world = world;
        Application = application;
        application.Told = Told;
    }

    public Application Application { get; }

    /// <summary>Calls by their number.</summary>
    public Dictionary<int, Call> Calls { get; } = [];

    /// <summary>The dialogs that live, as the application sees it.</summary>
    public HashSet<string> Living { get; } = [];

    /// <summary>How many requests of the application have had no final response.</summary>
    public int Outstanding => _due.Count;

    /// <summary>The call that a request-URI names.</summary>
    public Call? CallOf(SipRequest request)
    {
        if (!SipUriView.TryParse(request.RequestUri, out var uri)) return null;
        var user = Encoding.ASCII.GetString(uri.User);
        var digits = user[(user.LastIndexOfAny(['-', 'b']) + 1)..];
        return int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? Calls.GetValueOrDefault(number) : null;
    }

    /// <summary>A request of the application; every one but ACK is due exactly one final response.</summary>
    public void Request(Call call, string dialog, string sip, Action<SipResponse> heard, Action<Frame>? sent, Action? refused = null)
    {
        void Replied(Frame reply)
        {
            if (reply.Verdict != ReplyVerdict.Ok)
            {
                call.Refusals.Add($"{sip[..sip.IndexOf(' ', StringComparison.Ordinal)]}: {reply.Text}");
                refused?.Invoke();
                return;
            }

            _byCallId[Encoding.ASCII.GetString(reply.Request!.CallId)] = call;
            if (reply.Request.Method != SipMethod.Ack) _due.Add(reply.TransactionId, new Due(call, reply.Request.Method == SipMethod.Invite && dialog.Length == 0, heard));
            sent?.Invoke(reply);
        }

        if (dialog.Length == 0) Application.Request(sip, Replied);
        else Application.Request(dialog, sip, Replied);
    }

    private void Told(Frame frame)
    {
        if (frame.Sip is null)
        {
            _world.Faults.Add($"a frame without a message: {frame}");
            return;
        }

        if (frame.Response is { } response) Told(frame, response);
        else if (frame.IsNewRequest) New(frame);
        else if (_byCallId.TryGetValue(Encoding.ASCII.GetString(frame.Sip.CallId), out var call)) call.Told(frame);
        else _world.Faults.Add($"a request of no call: {frame}");
    }

    private void Told(Frame frame, SipResponse response)
    {
        if (!_due.TryGetValue(frame.TransactionId, out var due))
        {
            _world.Faults.Add($"a response that is not due: {frame}");
            return;
        }

        if (response.IsFinal) _due.Remove(frame.TransactionId);
        if (due.IsInvite && response.IsSuccess) due.Call.DialogWithB(frame.DialogId);
        due.Heard(response);
    }

    private void New(Frame frame)
    {
        if (CallOf(frame.Request!) is not { } call)
        {
            _world.Faults.Add($"a new request of no call: {frame}");
            return;
        }

        if (!_byCallId.TryAdd(Encoding.ASCII.GetString(frame.Sip!.CallId), call)) _world.Faults.Add($"offered twice: {frame}");
        call.Offered(frame);
    }
}
