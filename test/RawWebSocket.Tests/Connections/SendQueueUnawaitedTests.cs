namespace RawWebSocket.Tests.Connections;

/// <summary>Flushes that nobody waits for, over a transport that is full.</summary>
public class SendQueueUnawaitedTests
{
    private const int PongSize = 3;
    private const int Tries = 50;

    private readonly SendQueueRig _rig = new();

    [Fact]
    public async Task A_batch_that_a_full_transport_holds_up_is_waited_for_by_nobody_but_whoever_sends_next()
    {
        var batched = SendInBatch("a");
        batched.IsCompletedSuccessfully.ShouldBeTrue();
        var next = _rig.Send("b");
        next.IsCompleted.ShouldBeFalse();

        _rig.Read().ShouldBe(["81 a", "81 b"]);
        (await batched).ShouldBe(SendResult.Sent);
        (await next).ShouldBe(SendResult.Sent);
        _rig.ShouldHoldNothing();
    }

    [Fact]
    public void What_it_holds_is_charged_for_and_seen_as_a_flush_under_way_until_it_has_ended()
    {
        _rig.Queue.Controls.SendPong("a"u8);
        var first = _rig.Queue.UnderWay.Flush;
        first.ShouldNotBe(0);
        _rig.Queue.UnderWay.Bytes.ShouldBe(PongSize);
        _rig.Memory.Held.ShouldBe(PongSize);
        _rig.Read().ShouldBe(["8a a"]);
        _rig.Queue.UnderWay.Flush.ShouldBe(0);
        _rig.ShouldHoldNothing();

        _rig.Queue.Controls.SendPong("b"u8);
        _rig.Queue.UnderWay.Flush.ShouldNotBeOneOf(0, first);
        _rig.Memory.Held.ShouldBe(PongSize);
        _rig.Read().ShouldBe(["8a b"]);
        _rig.ShouldHoldNothing();
    }

    [Fact]
    public async Task A_transport_that_ends_meanwhile_ends_sending()
    {
        SendInBatch("a").IsCompletedSuccessfully.ShouldBeTrue();
        var waiting = _rig.Send("b");
        _rig.LoseReader();
        (await waiting).ShouldBe(SendResult.Closed);
        (await _rig.Send("c")).ShouldBe(SendResult.Closed);
        _rig.Queue.UnderWay.Flush.ShouldBe(0);
        _rig.ShouldHoldNothing();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_transport_that_throws_ends_sending_and_throws_at_nobody(bool atOnce)
    {
        _rig.Output.Failure = new IOException();
        _rig.Output.FailsAtOnce = atOnce;
        (await SendInBatch("a")).ShouldBe(SendResult.Sent);
        (await _rig.Send("b")).ShouldBe(SendResult.Closed);
        _rig.Post("c").ShouldBe(PostResult.Closed);
        _rig.ShouldHoldNothing();
    }

    [Fact]
    public void However_often_the_transport_is_full_it_leaves_no_garbage()
    {
        var least = long.MaxValue;
        for (var i = 0; i < Tries; i++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            _rig.Queue.Controls.SendPong("a"u8);
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
            _rig.Queue.UnderWay.Flush.ShouldNotBe(0);
            _rig.Read().ShouldBe(["8a a"]);
        }

        least.ShouldBe(0);
    }

    [Fact]
    public void The_heartbeat_lets_go_of_what_it_needs_and_the_next_makes_it_anew()
    {
        _rig.Queue.Controls.SendPong("a"u8);
        _rig.Queue.Trim();
        _rig.Read().ShouldBe(["8a a"]);
        _rig.Queue.Trim();
        _rig.Queue.Controls.SendPong("b"u8);
        _rig.Read().ShouldBe(["8a b"]);
        _rig.ShouldHoldNothing();
    }

    private Task<SendResult> SendInBatch(string text)
    {
        _rig.Queue.BeginBatch();
        var sending = _rig.Send(text);
        _rig.Queue.EndBatch();
        return sending;
    }
}
