using RawWebSocket.Connections.Receiving;

namespace RawWebSocket.Tests.Connections;

/// <summary>Who holds which memory, for how long, and when all is done.</summary>
public class ReceiveQueueMemoryTests
{
    private const int EntrySize = 64;

    private readonly ReceiveQueueRig _rig = new();

    private ReceiveQueue Queue => _rig.Queue;

    [Fact]
    public void What_waits_is_counted_with_something_for_each_entry()
    {
        _rig.AddMessage("123");
        Queue.WaitingBytes.ShouldBe(3 + EntrySize);
        _rig.AddMessage("");
        _rig.AddOwned("12");
        Queue.WaitingBytes.ShouldBe(5 + (3 * EntrySize));
        _rig.Take();
        Queue.WaitingBytes.ShouldBe(2 + (2 * EntrySize));
        _rig.Take();
        _rig.Take();
        Queue.WaitingBytes.ShouldBe(0);
    }

    [Fact]
    public void The_transports_memory_is_held_until_the_next_is_taken()
    {
        Queue.HoldsInput.ShouldBeFalse();
        _rig.AddMessage("123");
        _rig.AddMessage("45");
        Queue.InPlaceBytes.ShouldBe(5);
        _rig.Take();
        Queue.InPlaceBytes.ShouldBe(5);
        Queue.HoldsInput.ShouldBeTrue();
        _rig.Take();
        Queue.InPlaceBytes.ShouldBe(2);
        Queue.TryTake(out _).ShouldBeFalse();
        Queue.HoldsInput.ShouldBeFalse();
    }

    [Fact]
    public void The_transports_memory_is_held_until_the_next_is_waited_for()
    {
        _rig.AddMessage("123");
        _rig.Take();
        Queue.HoldsInput.ShouldBeTrue();
        _rig.Wait();
        Queue.HoldsInput.ShouldBeFalse();
    }

    [Fact]
    public void Pooled_memory_does_not_hold_the_transports_and_is_given_back_when_the_next_is_taken()
    {
        var first = _rig.AddOwned("123");
        var second = _rig.AddOwned("45");
        Queue.HoldsInput.ShouldBeFalse();
        _rig.Take().ShouldBe("123");
        first.Length.ShouldBe(3);
        _rig.Take().ShouldBe("45");
        first.Length.ShouldBe(0);
        second.Length.ShouldBe(2);
        _rig.Wait();
        second.Length.ShouldBe(0);
    }

    [Fact]
    public void Finishing_lets_everything_go_and_takes_nothing_more()
    {
        var current = _rig.AddOwned("1");
        var waiting = _rig.AddOwned("2");
        _rig.AddMessage("3");
        _rig.Take();
        Queue.Finish();
        current.Length.ShouldBe(0);
        waiting.Length.ShouldBe(0);
        Queue.WaitingBytes.ShouldBe(0);
        Queue.HoldsInput.ShouldBeFalse();

        _rig.AddOwned("4").Length.ShouldBe(0);
        _rig.AddMessage("5");
        Queue.WaitingBytes.ShouldBe(0);
        Queue.HoldsInput.ShouldBeFalse();
        Queue.IsDrained.ShouldBeTrue();
    }

    [Fact]
    public void A_floods_room_is_given_back_once_nothing_waits_any_more()
    {
        for (var i = 0; i < 1000; i++)
        {
            _rig.AddMessage("");
        }

        Queue.Trim();
        Queue.Capacity.ShouldBeGreaterThanOrEqualTo(1000);
        while (Queue.TryTake(out _))
        {
        }

        Queue.Trim();
        Queue.Capacity.ShouldBe(0);
        _rig.AddMessage("after it");
        Queue.Trim();
        _rig.Take().ShouldBe("after it");
    }

    [Fact]
    public void What_is_being_looked_at_is_kept()
    {
        var owned = _rig.AddOwned("1");
        _rig.Take();
        Queue.Trim();
        owned.Length.ShouldBe(1);
        Queue.IsDrained.ShouldBeFalse();
        Queue.TryTake(out _);
        owned.Length.ShouldBe(0);
    }

    [Fact]
    public void The_transports_memory_is_held_for_what_is_being_looked_at_whatever_is_trimmed()
    {
        _rig.AddMessage("123");
        _rig.Take();
        Queue.Trim();
        Queue.InPlaceBytes.ShouldBe(3);
        Queue.TryTake(out _).ShouldBeFalse();
        Queue.Trim();
        Queue.HoldsInput.ShouldBeFalse();
    }

    [Fact]
    public void Discarding_lets_everything_go_unless_something_is_waited_for()
    {
        var waiting = _rig.AddOwned("1");
        Queue.Discard();
        waiting.Length.ShouldBe(0);
        _rig.Memory.Held.ShouldBe(0);
        _rig.Decided().ShouldBe("Discarded");

        var other = new ReceiveQueueRig();
        other.Wait();
        Should.Throw<InvalidOperationException>(other.Queue.Discard).Message.ShouldContain("Another receive is under way");
    }

    [Fact]
    public void A_delegate_that_never_asked_is_done_unless_something_waits_for_it()
    {
        Queue.IsDrained.ShouldBeTrue();
        _rig.AddMessage("a");
        Queue.IsDrained.ShouldBeFalse();
        _rig.Take();
        Queue.IsDrained.ShouldBeFalse("It may still answer what it has taken.");
        _rig.Wait();
        Queue.IsDrained.ShouldBeTrue();
        _rig.AddMessage("b");
        Queue.IsDrained.ShouldBeFalse();
    }

    [Fact]
    public void A_handler_is_busy_whenever_it_does_not_wait()
    {
        var handler = new ScriptedHandler { Next = new TaskCompletionSource() };
        var rig = new ReceiveQueueRig(handler);
        rig.Queue.IsDrained.ShouldBeFalse("It is still being told that it is open.");
        rig.Queue.WaitForHandler();
        rig.Queue.IsDrained.ShouldBeTrue();
        rig.AddMessage("a");
        rig.Queue.IsDrained.ShouldBeFalse("The message has been handed over, but not finished.");
        rig.AddMessage("b");
        rig.Queue.Wake();
        rig.Take();
        rig.Queue.IsDrained.ShouldBeFalse();
        rig.Queue.WaitForHandler();
        rig.Queue.IsDrained.ShouldBeTrue();
        rig.Queue.Finish();
        rig.Queue.IsDrained.ShouldBeTrue();
    }

    [Fact]
    public void Skipping_lets_the_pieces_go_that_are_there_and_those_to_come_but_not_the_next_message()
    {
        _rig.AddPiece("1");
        _rig.AddPiece("2");
        _rig.Take().ShouldBe("1");
        Queue.SkipMessage();
        Queue.WaitingBytes.ShouldBe(0);
        Queue.HoldsInput.ShouldBeFalse();

        _rig.AddPiece("3");
        Queue.HoldsInput.ShouldBeFalse();
        _rig.AddPiece("4", endsMessage: true);
        Queue.WaitingBytes.ShouldBe(0);
        _rig.AddMessage("next");
        _rig.Take().ShouldBe("next");
    }

    [Fact]
    public void Skipping_stops_at_the_messages_last_piece_when_it_is_there()
    {
        _rig.AddPiece("1");
        _rig.AddPiece("2", endsMessage: true);
        _rig.AddMessage("next");
        _rig.Take();
        Queue.SkipMessage();
        Queue.WaitingBytes.ShouldBe(4 + EntrySize);
        _rig.Take().ShouldBe("next");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Skipping_the_rest_of_a_message_of_which_there_is_no_rest_skips_nothing(bool isPiece)
    {
        if (isPiece)
        {
            _rig.AddPiece("1", endsMessage: true);
        }
        else
        {
            _rig.AddMessage("1");
        }

        _rig.Take();
        Queue.SkipMessage();
        Queue.HoldsInput.ShouldBeFalse();
        _rig.AddMessage("next");
        _rig.Take().ShouldBe("next");
    }
}
