using RawWebSocket.Connections;
using RawWebSocket.Protocol;

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
        var waiting = _rig.Wait();
        _rig.AddMessage("a");
        _rig.AddMessage("b");
        _handler.Given.ShouldBe(["a", "b"]);
        Queue.Wake();
        waiting.IsCompleted.ShouldBeFalse();
        Queue.HoldsInput.ShouldBeFalse();
        Queue.WaitingBytes.ShouldBe(0);
    }

    [Fact]
    public void A_handler_that_does_not_wait_is_given_nothing_past_the_queue()
    {
        _rig.AddMessage("a");
        _rig.Wait();
        _handler.Given.ShouldBeEmpty();
        _rig.Take().ShouldBe("a");
    }

    [Fact]
    public async Task One_that_does_not_finish_at_once_is_woken_to_wait_for_it_and_keeps_the_payload_until_then()
    {
        _handler.Next = new TaskCompletionSource();
        var waiting = _rig.Wait();
        _rig.AddMessage("a");
        (await waiting).ShouldBeTrue();
        var begun = Queue.TakeBegun().AsTask();
        begun.IsCompleted.ShouldBeFalse();
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
        _rig.Wait();
        var owned = _rig.AddOwned("a");
        _handler.Given.ShouldBe(["a"]);
        owned.Length.ShouldBe(0);
        _rig.Memory.Held.ShouldBe(0);
    }

    [Fact]
    public async Task What_a_handler_throws_is_what_it_has_begun()
    {
        _handler.OnMessage = static () => throw new InvalidTimeZoneException();
        var waiting = _rig.Wait();
        _rig.AddMessage("a");
        (await waiting).ShouldBeTrue();
        var begun = Queue.TakeBegun().AsTask();
        begun.Exception!.InnerException.ShouldBeOfType<InvalidTimeZoneException>();
        await Queue.TakeBegun();
    }

    [Fact]
    public async Task A_handler_with_a_context_of_its_own_is_woken_in_it()
    {
        var scope = new AsyncLocal<string?>();
        var seen = SeenAfterWaiting();
        _rig.AddMessage("a");
        _handler.Given.ShouldBeEmpty();
        Queue.Wake();
        (await seen).ShouldBe("opened");
        _rig.Take().ShouldBe("a");

        async Task<string?> SeenAfterWaiting()
        {
            scope.Value = "opened";
            await Queue.WaitAsync(Delivery.Whole, 0, default).ConfigureAwait(false);
            return scope.Value;
        }
    }

    [Fact]
    public void What_a_handler_puts_into_its_context_does_not_stay_with_the_loop()
    {
        var scope = new AsyncLocal<string?>();
        _rig.Wait();
        _handler.OnMessage = () => scope.Value = "handling";
        _rig.AddMessage("a");
        scope.Value.ShouldBeNull();
        _rig.AddMessage("b");
        _handler.Given.ShouldBe(["a", "b"]);
    }
}
