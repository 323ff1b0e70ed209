using RawWebSocket.Connections.Receiving;
using RawWebSocket.Protocol;

namespace RawWebSocket.Tests.Connections;

/// <summary>Taking, waiting, cancelling, completing.</summary>
public class ReceiveQueueTests
{
    private readonly ReceiveQueueRig _rig = new();

    private ReceiveQueue Queue => _rig.Queue;

    [Fact]
    public async Task What_is_there_is_taken_in_order_without_waiting()
    {
        _rig.AddMessage("a");
        _rig.AddMessage("b");
        (await _rig.Wait()).ShouldBeTrue();
        _rig.Take().ShouldBe("a");
        (await _rig.Wait()).ShouldBeTrue();
        _rig.Take().ShouldBe("b");
        Queue.TryTake(out _).ShouldBeFalse();
    }

    [Fact]
    public async Task A_taker_that_waits_goes_on_inside_whoever_wakes_it()
    {
        var taker = _rig.TakerThread();
        _rig.AddMessage("a");
        taker.IsCompleted.ShouldBeFalse("Adding alone wakes nobody.");
        Queue.Wake();
        taker.IsCompletedSuccessfully.ShouldBeTrue();
        var thread = Environment.CurrentManagedThreadId;
        (await taker).ShouldBe(thread);
        _rig.Take().ShouldBe("a");
    }

    [Fact]
    public async Task Waking_with_nothing_to_take_wakes_nobody()
    {
        var waiting = _rig.Wait();
        Queue.Wake();
        waiting.IsCompleted.ShouldBeFalse();
        _rig.AddMessage("a");
        Queue.Wake();
        (await waiting).ShouldBeTrue();
        Queue.Wake();
    }

    [Fact]
    public async Task Waiting_again_and_again_takes_everything()
    {
        for (var i = 0; i < 100; i++)
        {
            var waiting = _rig.Wait();
            waiting.IsCompleted.ShouldBeFalse();
            _rig.AddMessage($"{i}");
            Queue.Wake();
            (await waiting).ShouldBeTrue();
            _rig.Take().ShouldBe($"{i}");
        }
    }

    [Fact]
    public async Task Completing_tells_a_taker_that_waits_that_nothing_will_come()
    {
        var waiting = _rig.Wait();
        Queue.Complete();
        (await waiting).ShouldBeFalse();
        (await _rig.Wait()).ShouldBeFalse();
    }

    [Fact]
    public async Task What_came_before_the_end_can_still_be_taken_after_it()
    {
        _rig.AddMessage("a");
        Queue.Complete();
        (await _rig.Wait()).ShouldBeTrue();
        _rig.Take().ShouldBe("a");
        (await _rig.Wait()).ShouldBeFalse();
    }

    [Fact]
    public async Task What_was_added_but_not_woken_for_comes_before_the_end()
    {
        var waiting = _rig.Wait();
        _rig.AddMessage("a");
        Queue.Complete();
        (await waiting).ShouldBeTrue();
        _rig.Take().ShouldBe("a");
        (await _rig.Wait()).ShouldBeFalse();
    }

    [Fact]
    public void Only_one_may_wait()
    {
        var waiting = _rig.Wait();
        Should.Throw<InvalidOperationException>(() => _rig.Wait());
        waiting.IsCompleted.ShouldBeFalse();
    }

    [Fact]
    public void A_cancelled_token_does_not_wait()
    {
        _rig.AddMessage("a");
        Should.Throw<OperationCanceledException>(() => _rig.Wait(new CancellationToken(canceled: true)));
        _rig.Take().ShouldBe("a");
    }

    [Fact]
    public async Task Cancelling_ends_the_wait_and_loses_nothing()
    {
        using var cancellation = new CancellationTokenSource();
        var cancelled = _rig.Wait(cancellation.Token);
        _rig.AddMessage("a");
        cancellation.Cancel();
        var exception = await Should.ThrowAsync<OperationCanceledException>(cancelled);
        exception.CancellationToken.ShouldBe(cancellation.Token);

        Queue.Wake();
        (await _rig.Wait()).ShouldBeTrue();
        _rig.Take().ShouldBe("a");
    }

    [Fact]
    public async Task A_token_has_no_say_any_more_once_its_wait_is_over()
    {
        using var cancellation = new CancellationTokenSource();
        var first = _rig.Wait(cancellation.Token);
        _rig.AddMessage("a");
        Queue.Wake();
        var second = _rig.Wait();
        (await first).ShouldBeTrue();
        (await second).ShouldBeTrue();
        _rig.Take().ShouldBe("a");

        var third = _rig.Wait();
        cancellation.Cancel();
        third.IsCompleted.ShouldBeFalse();
    }

    [Fact]
    public async Task Whether_the_token_or_the_message_comes_first_the_message_is_taken_once()
    {
        for (var i = 0; i < 2000; i++)
        {
            using var cancellation = new CancellationTokenSource();
            var waiting = _rig.Wait(cancellation.Token);
            var cancelling = Task.Run(cancellation.Cancel);
            _rig.AddMessage($"{i}");
            Queue.Wake();
            try
            {
                (await waiting).ShouldBeTrue();
            }
            catch (OperationCanceledException)
            {
                (await _rig.Wait()).ShouldBeTrue();
            }

            _rig.Take().ShouldBe($"{i}");
            Queue.TryTake(out _).ShouldBeFalse();
            await cancelling;
        }
    }

    [Fact]
    public void Everything_the_taker_does_is_signalled()
    {
        _rig.Signalled.ShouldBeFalse();
        _rig.AddMessage("a");
        _rig.Signalled.ShouldBeFalse();
        _rig.Take();
        _rig.Signalled.ShouldBeTrue();
        _rig.Wait();
        _rig.Signalled.ShouldBeTrue();
        Queue.SkipMessage();
        _rig.Signalled.ShouldBeTrue();
        Queue.Finish();
        _rig.Signalled.ShouldBeTrue();
    }

    [Fact]
    public void Nobody_has_said_how_a_message_is_wanted_at_first()
    {
        _rig.Decided().ShouldBe("Undecided");
        _rig.Decided("asked").ShouldBe("Undecided");
    }

    [Fact]
    public void A_handler_wants_whole_messages_even_before_it_waits()
    {
        var rig = new ReceiveQueueRig(new ScriptedHandler());
        rig.Decided().ShouldBe("Whole");
        rig.Queue.Finish();
        rig.Decided().ShouldBe("Discarded");
    }

    [Fact]
    public async Task Who_has_waited_for_whole_messages_is_read_ahead_for_until_he_wants_a_stream()
    {
        var waiting = _rig.Wait();
        _rig.Decided().ShouldBe("Ahead");
        _rig.Decided("asked").ShouldBe("Whole");
        _rig.AddMessage("a");
        _rig.Decided("asked").ShouldBe("Ahead", "What waits already is what he gets.");
        Queue.Wake();
        await waiting;
        _rig.Take();
        _rig.Decided().ShouldBe("Ahead");
        _rig.Decided("asked").ShouldBe("Ahead");

        _ = Queue.WaitAsync(Delivery.Streamed, 123, default).AsTask();
        _rig.Decided().ShouldBe("Streamed 123");
    }

    [Fact]
    public void When_nobody_will_take_any_more_messages_are_discarded_and_wait_for_no_decision()
    {
        Queue.Finish();
        _rig.Decided().ShouldBe("Discarded");
    }

    [Fact]
    public async Task Who_waits_for_a_stream_wants_the_next_message_so_and_only_that()
    {
        var waiting = Queue.WaitAsync(Delivery.Streamed, 123, default).AsTask();
        _rig.Decided().ShouldBe("Streamed 123");
        _rig.AddPiece("a");
        _rig.Decided().ShouldBe("Undecided");
        Queue.Wake();
        await waiting;
        _rig.Take().ShouldBe("a");
        _rig.Decided().ShouldBe("Undecided");
    }

    [Fact]
    public async Task A_stream_that_was_cancelled_before_it_began_is_not_wanted_any_more()
    {
        using var cancellation = new CancellationTokenSource();
        var waiting = Queue.WaitAsync(Delivery.Streamed, 123, cancellation.Token).AsTask();
        cancellation.Cancel();
        await Should.ThrowAsync<OperationCanceledException>(waiting);
        _rig.Decided().ShouldBe("Undecided");
    }

    [Fact]
    public async Task A_taker_cannot_cancel_while_its_stream_may_be_beginning_but_does_so_when_it_has_not_begun()
    {
        using var cancellation = new CancellationTokenSource();
        var waiting = Queue.WaitAsync(Delivery.Streamed, 123, cancellation.Token).AsTask();
        _rig.Decided().ShouldBe("Streamed 123");
        cancellation.Cancel();
        waiting.IsCompleted.ShouldBeFalse();
        Queue.WithdrawStream();
        await Should.ThrowAsync<OperationCanceledException>(waiting);
        Queue.WithdrawStream();
    }

    [Fact]
    public async Task A_taker_whose_stream_did_not_begin_goes_on_waiting()
    {
        using var cancellation = new CancellationTokenSource();
        var waiting = Queue.WaitAsync(Delivery.Streamed, 123, cancellation.Token).AsTask();
        _rig.Decided().ShouldBe("Streamed 123");
        Queue.WithdrawStream();
        waiting.IsCompleted.ShouldBeFalse();
        _rig.Decided().ShouldBe("Streamed 123");
        Queue.WithdrawStream();
        cancellation.Cancel();
        await Should.ThrowAsync<OperationCanceledException>(waiting);
    }

    [Fact]
    public async Task A_stream_that_has_begun_is_given_to_the_taker_that_wanted_it_even_if_it_is_cancelled()
    {
        using var cancellation = new CancellationTokenSource();
        var waiting = Queue.WaitAsync(Delivery.Streamed, 123, cancellation.Token).AsTask();
        _rig.Decided().ShouldBe("Streamed 123");
        _rig.AddPiece("a");
        cancellation.Cancel();
        waiting.IsCompleted.ShouldBeFalse();
        Queue.Wake();
        (await waiting).ShouldBeTrue();
        _rig.Take().ShouldBe("a");
    }
}
