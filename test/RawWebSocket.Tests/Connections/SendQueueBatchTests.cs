using RawWebSocket.Connections.Sending;
using RawWebSocket.Protocol;

namespace RawWebSocket.Tests.Connections;

/// <summary>Batches of the receive loop, and frames that are posted without waiting.</summary>
public class SendQueueBatchTests
{
    private readonly SendQueueRig _rig = new(high: 100);

    [Fact]
    public async Task What_is_sent_inside_a_batch_leaves_with_one_flush_at_its_end()
    {
        _rig.Queue.BeginBatch();
        Task<SendResult>[] sends = [_rig.Send("a"), _rig.Send("b")];
        _rig.Queue.Controls.SendPong("c"u8);
        _rig.Queue.Messages.Post(EncodedFrame.Text("d")).ShouldBe(PostResult.Queued);
        sends.ShouldAllBe(sending => sending.IsCompletedSuccessfully);
        (await Task.WhenAll(sends)).ShouldAllBe(result => result == SendResult.Sent);
        _rig.Output.Flushes.ShouldBe(0);
        _rig.Read().ShouldBeEmpty();

        _rig.Queue.EndBatch();
        _rig.Output.Flushes.ShouldBe(1);
        _rig.Read().ShouldBe(["81 a", "81 b", "8a c", "81 d"]);
    }

    [Fact]
    public void A_batch_in_which_nothing_was_sent_flushes_nothing()
    {
        _rig.Queue.BeginBatch();
        _rig.Queue.EndBatch();
        _rig.Output.Flushes.ShouldBe(0);
    }

    [Fact]
    public void After_a_batch_every_send_flushes_again()
    {
        _rig.Queue.BeginBatch();
        _rig.Queue.EndBatch();
        _ = _rig.Send("a");
        _rig.Output.Flushes.ShouldBe(1);
    }

    [Fact]
    public void A_batch_is_flushed_when_it_has_grown_to_128_KiB()
    {
        _rig.Queue.BeginBatch();
        var count = 0;
        while (_rig.Output.Flushes == 0)
        {
            _ = _rig.Send(new string('x', 1000));
            (++count).ShouldBeLessThan(200);
        }

        _rig.Output.Written.ShouldBeInRange(128 * 1024, 130 * 1024);
        _rig.Queue.EndBatch();
        _rig.ReadFrames().Count.ShouldBe(count);
    }

    [Fact]
    public void A_large_message_inside_a_batch_keeps_its_place()
    {
        _rig.Queue.BeginBatch();
        _ = _rig.Send("a");
        _ = _rig.Send(new string('b', 100_000));
        _ = _rig.Send("c");
        _rig.Queue.EndBatch();
        _rig.ReadFrames().Select(frame => frame.Text[0]).ShouldBe(['a', 'b', 'c']);
    }

    [Fact]
    public async Task Another_threads_send_is_not_held_up_by_a_batch_and_takes_it_along()
    {
        _rig.Queue.BeginBatch();
        var batched = _rig.Send("batched");
        Task<SendResult>? other = null;
        AnotherThread.Runs(() => other = _rig.Send("other"));

        _rig.Output.Flushes.ShouldBe(1);
        _rig.Read().ShouldBe(["81 batched", "81 other"]);
        (await batched).ShouldBe(SendResult.Sent);
        (await other!).ShouldBe(SendResult.Sent);
        _rig.Queue.EndBatch();
        _rig.Output.Flushes.ShouldBe(1);
    }

    [Fact]
    public void What_a_batch_sends_while_another_thread_flushes_is_not_forgotten()
    {
        _rig.Queue.BeginBatch();
        AnotherThread.Runs(() => _rig.Stall("other"));
        _ = _rig.Send("a");
        _rig.Queue.EndBatch();
        _rig.Read().ShouldBe(["81 other", "81 a"]);
    }

    [Fact]
    public async Task A_message_in_fragments_may_begin_and_end_inside_a_batch()
    {
        _rig.Queue.BeginBatch();
        (await _rig.Queue.Fragments.BeginAsync(default)).ShouldBe(SendResult.Sent);
        _rig.SendFragment(Opcode.Text, "a").IsCompletedSuccessfully.ShouldBeTrue();
        var waiting = _rig.Send("c");
        _rig.SendFragment(Opcode.Continuation, "b", isFinal: true).IsCompletedSuccessfully.ShouldBeTrue();
        _rig.Queue.EndBatch();
        _rig.Read().ShouldBe(["01 a", "80 b", "81 c"]);
        (await waiting).ShouldBe(SendResult.Sent);
    }

    [Fact]
    public void A_close_inside_a_batch_leaves_behind_what_the_batch_holds()
    {
        _rig.Queue.BeginBatch();
        _ = _rig.Send("a");
        _ = _rig.Close();
        _rig.Queue.EndBatch();
        _rig.Read().ShouldBe(["81 a", "88 "]);
    }

    [Fact]
    public void A_posted_frame_leaves_as_it_was_encoded_and_in_its_turn()
    {
        _rig.Queue.Messages.Post(EncodedFrame.Text("a")).ShouldBe(PostResult.Queued);
        _ = _rig.Send("b");
        _rig.Queue.Messages.Post(EncodedFrame.Binary("c"u8)).ShouldBe(PostResult.Queued);
        _ = _rig.Send("d");
        _rig.Read().ShouldBe(["81 a", "81 b", "82 c", "81 d"]);
    }

    [Fact]
    public void Posting_more_than_may_wait_is_an_overflow()
    {
        _ = _rig.Stall();
        _rig.Queue.Messages.Post(EncodedFrame.Binary(new byte[58])).ShouldBe(PostResult.Queued);
        _rig.Queue.Messages.Post(EncodedFrame.Binary(new byte[38])).ShouldBe(PostResult.Queued);
        _rig.Overflows.ShouldBeEmpty();
        _rig.Queue.Messages.Post(EncodedFrame.Binary([])).ShouldBe(PostResult.Closed);
        _rig.Overflows.ShouldBe([HeldUpBy.Peer]);
    }

    [Fact]
    public void What_has_left_does_not_count_any_more()
    {
        for (var i = 0; i < 10; i++)
        {
            _ = _rig.Stall();
            _rig.Queue.Messages.Post(EncodedFrame.Binary(new byte[90])).ShouldBe(PostResult.Queued);
            _rig.ReadFrames().Count.ShouldBe(2);
        }

        _rig.Overflows.ShouldBeEmpty();
    }

    // RawWebSocketOptions.MaxQueuedBytes: "How many bytes of broadcasts may wait". Who awaits his own sends never reaches it.
    [Fact]
    public void Sends_that_somebody_awaits_do_not_count_among_the_posted()
    {
        _ = _rig.Stall();
        _ = _rig.Send(new string('x', 1000));
        _rig.Queue.Messages.Post(EncodedFrame.Binary(new byte[98])).ShouldBe(PostResult.Queued);
        _rig.Overflows.ShouldBeEmpty();
    }

    [Fact]
    public void A_large_posted_frame_passes_in_chunks()
    {
        var rig = new SendQueueRig(high: 1_000_000);
        rig.Queue.Messages.Post(EncodedFrame.Binary(new byte[300_000])).ShouldBe(PostResult.Queued);
        var frames = new List<long>();
        while (rig.ReadOnce() is var read && read > 0)
        {
            frames.Add(read);
        }

        frames.Sum().ShouldBe(300_010);
        frames.Max().ShouldBeLessThanOrEqualTo((64 * 1024) + FrameHeader.MaxWrittenSize);
        rig.Bytes.ShouldBe(300_010);
    }
}
