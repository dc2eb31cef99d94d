using CallActors.Control;
using CallActors.Control.Events;
using CallActors.Server.Composition;
using CallActors.Server.Partitions;
using CallActors.Server.Transports;
using CallActors.Sip;
using CallActors.Sip.Headers;
using CallActors.Sip.Messages;
using CallActors.Sip.Proxying;
using CallActors.Sip.Transactions;

namespace CallActors.Server.Calls;

/// <summary>One request being proxied: hosts its response context and the branches' client transactions.</summary>
internal sealed class ProxyEntry : ITimed
{
    private const int MostTags = 16;

    private readonly Partition _partition;
    private readonly IncomingRequest _incoming;
    private readonly ProxyOrder _order;
    private readonly ProxyCore _core;
    private readonly List<Branch> _branches = [];
    private readonly bool _limitsBreadth;
    private readonly int _hops;
    private ProxyCore.State _state = null!;
    private bool _anySent;

    public ProxyEntry(Partition partition, IncomingRequest incoming, ProxyOrder order, int hops)
    {
        _hops = hops;
        _partition = partition;
        _incoming = incoming;
        CallId = Octets.Of(incoming.Request.CallId);
        _order = order;
        _limitsBreadth = incoming.Request.TryFind(MaxBreadth.HeaderName, out _);
        _core = new ProxyCore(new ProxyOptions(incoming.IsInvite)
        {
            IsSimultaneous = order.Simultaneous,
            FollowsRedirects = order.FollowRedirects,
            ProvisionalTimeout = order.ProvisionalTimeout,
            FinalTimeout = order.FinalTimeout,
            TimerC = partition.Context.Options.Limits.ProceedingTimeout,
            Breadth = MaxBreadth.Of(incoming.Request),
        });
    }

    /// <summary>The call.</summary>
    public Octets CallId { get; }

    /// <summary>
    /// The other end of a request between caller and callee before the answer: where it goes, and the URI that stands for one of ours in it. False for one
    /// that bears other tags.
    /// </summary>
    public bool TryPartner(SipRequest request, out SipTarget target, out ReadOnlySpan<byte> uri)
    {
        target = null!;
        uri = request.RequestUri;
        var invite = _incoming.Request;
        if (request.FromTag.SequenceEqual(invite.FromTag))
        {
            foreach (var branch in _branches)
            {
                if (!branch.HasTag(request.ToTag)) continue;
                target = SipTarget.Of(branch.Flow);
                uri = branch.Target.Span;
                return true;
            }

            return false;
        }

        if (!request.ToTag.SequenceEqual(invite.FromTag)) return false;
        target = SipTarget.Of(_incoming.Flow);
        if (ContactView.TryParse(invite.First(SipHeaderId.Contact), out var contact) && !contact.IsStar) uri = contact.Uri;
        return true;
    }

    /// <summary>Tries the first target, or all.</summary>
    public void Start()
    {
        var step = _core.Start(_order.Destinations);
        _state = step.State;
        Perform(step);
        if (!_order.FullResponse) _order.Application?.ProxyDone(_order.Command.Span);
    }

    /// <summary>The caller gives up.</summary>
    public void Cancel() => Handle(UpstreamCancelled.Instance);

    /// <inheritdoc/>
    public void OnTimer(long kind) => Handle(new BranchTimerFired((BranchTimer)(kind & 0x3), (int)(kind >> 2) & 0xff, (int)(kind >> 10)));

    private void Handle(TransactionInput input)
    {
        var step = _core.Handle(_state, input);
        _state = step.State;
        Perform(step);
    }

    private void Perform(Transition<ProxyCore.State> step)
    {
        foreach (var effect in step.Effects)
        {
            switch (effect)
            {
                case BeginBranch begin: Begin(begin); break;
                case CancelBranch cancel: _branches[cancel.Branch].Cancel(); break;
                case StartBranchTimer timer: _partition.SetTimer(timer.After, this, (long)timer.Timer | ((long)timer.Branch << 2) | ((long)timer.Turn << 10)); break;
                case ForwardUpstream forward: Upstream(forward); break;
                case RespondUpstream respond: Upstream(respond.Status); break;
                case ReleaseBranch release: _branches[release.Branch].Release(release.Answer); break;
                case RememberChallenge challenge: _partition.Proxies.Remember(challenge.Challenge, _branches[challenge.Branch].Target); break;
                case ReportFinal report: Report(report); break;
                case ReportDone: Done(); break;
                case Finish: _partition.Proxies.Over(this); break;
                default: throw new InvalidOperationException($"No code performs {effect.GetType().Name}.");
            }
        }
    }

    private void Begin(BeginBranch begin)
    {
        var branch = new Branch(this, _partition, begin.Branch, begin.Target);
        _branches.Add(branch);
        var context = _partition.Context;
        var request = _incoming.Request;
        var route = ProxyRoute.ToTarget(request, begin.Target.Span, context.Forwarded.IsOurs);
        if (!_partition.Requests.TryTarget(SipMethod.Invite, route.NextHop, context.OutboundProxy.Span, out var target))
        {
            Handle(new BranchSkipped(begin.Branch));
            return;
        }

        var forwarded = context.Forwarded.Forward(
            request, route, _hops, _incoming.Flow.Transport, target, _order.RecordRoute, _limitsBreadth ? begin.Breadth : null, new AppMessage(_order.Headers));
        _anySent = true;
        if (_incoming.IsInvite) context.Cdrs.Attempt(forwarded, isSent: true);
        branch.Send(forwarded, target);
    }

    private void Upstream(ForwardUpstream forward)
    {
        var builder = NewRequests.Builder;
        if (builder.TryBeginUpstream(forward.Response, forward.Challenges)) Upstream(builder.ToResponse(forward.Response.Body));
    }

    private void Upstream(SipResponse response)
    {
        if (_incoming.Phase == RequestPhase.Answered && !(response.IsSuccess && _incoming.IsInvite)) return;
        _incoming.Respond(response);
        if (response.IsFinal) _partition.Proxies.Answered(this);
        if (response.IsSuccess) Registrations.RememberProxied(_partition.Context, _incoming.Request, response, _incoming.Flow);
        if (!_incoming.IsInvite || !response.IsFinal) return;
        if (response.IsSuccess)
        {
            _partition.Context.Cdrs.Start(response, CdrRole.ProxyUac, isSent: false);
            _partition.Context.Cdrs.Start(response, CdrRole.ProxyUas, isSent: true);
        }
        else
        {
            _partition.Context.Cdrs.Stop(response, CdrReason.CallRejected, isSent: true);
        }
    }

    private void Upstream(int status)
    {
        if (_incoming.Phase == RequestPhase.Answered) return;
        var response = _incoming.Respond(status);
        _partition.Proxies.Answered(this);
        if (_incoming.IsInvite && status != 487) _partition.Context.Cdrs.Stop(response, CdrReason.CallRejected, isSent: true);
    }

    private void Report(ReportFinal report)
    {
        if (_order is { FullResponse: true, Application: { IsOpen: true } application })
            application.ProxyContinue(_order.Command.Span, report.Response, _branches[report.Branch].Flow);
    }

    private void Done()
    {
        if (!_order.FullResponse || _order.Application is not { IsOpen: true } application) return;
        if (_anySent) application.ProxyDone(_order.Command.Span);
        else application.Nok(_order.Command.Span, ControlTexts.Proxy.Failed);
    }

    /// <summary>One target's client transaction.</summary>
    private sealed class Branch(ProxyEntry proxy, Partition partition, int index, Octets target) : IOutgoingUser
    {
        private readonly List<Octets> _tags = [];
        private OutgoingRequest? _outgoing;

        public Octets Target => target;

        public Flow Flow => _outgoing?.LastFlow.Transport is null ? _outgoing?.Flow ?? default : _outgoing.LastFlow;

        public void Send(SipRequest request, SipTarget to)
        {
            _outgoing = partition.Prepare(request, to, this);
            _outgoing.IsBranch = true;
            _outgoing.Start();
        }

        public void Cancel()
        {
            if (_outgoing is { HasFinal: false }) _outgoing.Cancel(_outgoing.Request.CancelFor());
        }

        public void Release(SipResponse answer)
        {
            if (_outgoing is not null) partition.Endings.Release(_outgoing.Request, answer);
        }

        /// <summary>Whether somebody behind it has answered with this tag.</summary>
        public bool HasTag(ReadOnlySpan<byte> tag)
        {
            foreach (var known in _tags)
            {
                if (known.Equals(tag)) return true;
            }

            return false;
        }

        public void Responded(OutgoingRequest request, SipResponse response, in Flow flow)
        {
            if (response.IsProvisional && !response.ToTag.IsEmpty && _tags.Count < MostTags && !HasTag(response.ToTag)) _tags.Add(Octets.Of(response.ToTag));
            proxy.Handle(new BranchAnswered(index, response));
        }

        public void Failed(OutgoingRequest request, int status, string phrase)
        {
        }

        public void Over(OutgoingRequest request, TransactionOutcome outcome) => proxy.Handle(new BranchOver(index, outcome));
    }
}
