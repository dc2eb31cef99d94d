using CallActors.Server.Applications;
using CallActors.Sip;

namespace CallActors.Server.Tests.Applications;

public sealed class KeptSessionTests
{
    [Fact]
    public void One_that_was_let_go_keeps_no_blob_for_its_group_may_remember_it_for_minutes()
    {
        var session = new KeptSession(new ApplicationGroup("desk"), Octets.Of("k1"u8));
        session.Begin(null!, 0);
        Assert.Equal(0, session.Update(null!, 0, new byte[16_000], [], []));
        session.Dialogs(out var blob, out _);
        Assert.Equal(16_000, blob.Length);
        session.End();
        session.Dialogs(out blob, out _);
        Assert.Equal(0, blob.Length);
    }
}
