using CallActors.Node.Samples;
using CallActors.TestKit;

namespace CallActors.Node.Tests.Samples;

public sealed class ClickToDialTests : IDisposable
{
    private readonly TestNet _net = new();
    private readonly Phone _me;
    private readonly Phone _her;
    private readonly TestNode _node;

    public ClickToDialTests()
    {
        _me = _net.Phone("me");
        _her = _net.Phone("her");
        _node = _net.Serves(app => app.Add<ClickToDial>());
        _node.Begin<ClickToDial>(new ClickToDial.Click(_me.Uri, _her.Uri));
    }

    public void Dispose() => _net.Dispose();

    [Fact]
    public async Task Both_answer_and_are_connected()
    {
        var mine = await _me.ReceivesInvite().Rings().Answers().ReceivesAck();
        Assert.Contains("a=inactive", mine.Invite.Ack!.BodyOf().ToString(), StringComparison.Ordinal);
        var hers = await _her.ReceivesInvite().Rings().Answers().ReceivesAck();

        var offered = await mine.ReceivesReinvite().Answers(_me.Sdp.Resumed());
        var asked = await hers.ReceivesReinvite();
        Assert.Equal(_me.Sdp.Resumed().ToString(), asked.Body.ToString());
        await asked.Answers(_her.Sdp.Again()).ReceivesAck();
        await offered.ReceivesAck();
        Assert.Equal(_her.Sdp.Again().ToString(), offered.Ack!.BodyOf().ToString());

        await hers.HangsUp();
        await mine.ReceivesBye();
        _node.AssertNothingLeft();
    }

    [Fact]
    public async Task Nobody_answers_the_one_who_clicked()
    {
        var mine = await _me.ReceivesInvite().Rings().Answers().ReceivesAck();
        var hers = await _her.ReceivesInvite().Rings();
        await hers.ReceivesCancel();
        Assert.InRange(_net.Now.TotalSeconds, 30, 31);
        await mine.ReceivesBye();
        _node.AssertNothingLeft();
    }

    [Fact]
    public async Task Whoever_clicked_is_not_there()
    {
        await _me.ReceivesInvite().Rejects(486);
        await _her.ReceivesNothing(TimeSpan.FromSeconds(5));
        _node.AssertNothingLeft();
    }

    [Fact]
    public async Task Whoever_clicked_hangs_up_while_the_other_phone_rings()
    {
        var mine = await _me.ReceivesInvite().Answers().ReceivesAck();
        var hers = await _her.ReceivesInvite().Rings();
        await mine.HangsUp();
        await hers.ReceivesCancel();
        _node.AssertNothingLeft();
    }
}
