using RawWebSocket.Connections.Receiving;

namespace RawWebSocket.Tests.Connections;

/// <summary>Messages that go to a waiting handler past the queue.</summary>
public class ReceiveQueueHandingOverTests
{
    private readonly ScriptedHandler _handler = new();
    private readonly ReceiveQueueRig _rig;

    public ReceiveQueueHandingOverTests() => _rig = new ReceiveQueueRig(_handler);

    private ReceiveQueue Queue => _rig.Queue;

    [Fact]
    public void A_handler_that_waits_is_given_each_message_at_once_and_goes_on_waiting_when_it_has_finished_it()
    {
        Queue.WaitForHandler().ShouldBe(HandlerTurn.Waits);
        _rig.AddMessage("a");
        _rig.AddMessage("b");
        _handler.Given.ShouldBe(["a", "b"]);
        Queue.Wake();
        _handler.Resumed.ShouldBe(0);
        Queue.HoldsInput.ShouldBeFalse();
        Queue.WaitingBytes.ShouldBe(0);
    }

    [Fact]
    public void A_handler_that_does_not_wait_is_given_nothing_past_the_queue()
    {
        _rig.AddMessage("a");
        Queue.WaitForHandler().ShouldBe(HandlerTurn.Takes);
        _handler.Given.ShouldBeEmpty();
        _rig.Take().ShouldBe("a");
    }

    [Fact]
    public async Task One_that_does_not_finish_at_once_is_resumed_to_wait_for_it_and_keeps_the_payload_until_then()
    {
        _handler.Next = new TaskCompletionSource();
        Queue.WaitForHandler();
        _rig.AddMessage("a");
        _handler.Resumed.ShouldBe(1);
        Queue.Trim();
        var begun = Queue.TakeBegun().AsTask();
        begun.IsCompleted.ShouldBeFalse();
        Queue.Trim();
        Queue.InPlaceBytes.ShouldBe(1);

        _rig.AddMessage("b");
        _handler.Given.ShouldBe(["a"], "It is busy, so what comes waits.");
        _handler.Next.SetResult();
        await begun;
        _rig.Take().ShouldBe("b");
        Queue.TryTake(out _).ShouldBeFalse();
        Queue.HoldsInput.ShouldBeFalse();
    }

    [Fact]
    public void A_payload_in_pooled_memory_is_given_back_when_it_has_been_finished()
    {
        Queue.WaitForHandler();
        var owned = _rig.AddOwned("a");
        _handler.Given.ShouldBe(["a"]);
        owned.Length.ShouldBe(0);
        _rig.Memory.Held.ShouldBe(0);
    }

    [Fact]
    public async Task What_a_handler_throws_is_what_it_has_begun()
    {
        _handler.OnMessage = static () => throw new InvalidTimeZoneException();
        Queue.WaitForHandler();
        _rig.AddMessage("a");
        _handler.Resumed.ShouldBe(1);
        var begun = Queue.TakeBegun().AsTask();
        begun.Exception!.InnerException.ShouldBeOfType<InvalidTimeZoneException>();
        await Queue.TakeBegun();
    }

    [Fact]
    public async Task A_handler_with_a_context_of_its_own_is_resumed_in_it()
    {
        var scope = new AsyncLocal<string?>();
        string? seen = null;
        _handler.OnResume = () => seen = scope.Value;
        await WaitInScope();
        _rig.AddMessage("a");
        _handler.Given.ShouldBeEmpty();
        Queue.Wake();
        seen.ShouldBe("opened");
        scope.Value.ShouldBeNull();
        _rig.Take().ShouldBe("a");

        async Task WaitInScope()
        {
            scope.Value = "opened";
            Queue.WaitForHandler();
            await Task.CompletedTask;
        }
    }

    [Fact]
    public void A_handler_that_waits_is_resumed_for_the_end_and_one_that_comes_later_does_not_wait()
    {
        Queue.WaitForHandler();
        Queue.Complete();
        _handler.Resumed.ShouldBe(1);
        Queue.WaitForHandler().ShouldBe(HandlerTurn.Ends);
        Queue.Wake();
        _handler.Resumed.ShouldBe(1);
    }

    [Fact]
    public void What_a_handler_puts_into_its_context_does_not_stay_with_the_loop()
    {
        var scope = new AsyncLocal<string?>();
        Queue.WaitForHandler();
        _handler.OnMessage = () => scope.Value = "handling";
        _rig.AddMessage("a");
        scope.Value.ShouldBeNull();
        _rig.AddMessage("b");
        _handler.Given.ShouldBe(["a", "b"]);
    }
}
