using RawWebSocket.Connections.Transports;

namespace RawWebSocket.Tests.Connections;

/// <summary>What the streams of one HTTP/2 connection know of each other.</summary>
public class SharedWindowTests
{
    private readonly SharedWindow _window = new();

    [Fact]
    public void Nobody_is_held_back_at_first() => _window.Join().TakeHeldBack().ShouldBeFalse();

    [Fact]
    public void All_learn_that_one_is_held_back_for_as_long_as_it_is_and_once_more()
    {
        var (one, other) = (_window.Join(), _window.Join());
        one.HoldBack(true);
        one.HoldBack(true);
        other.TakeHeldBack().ShouldBeTrue();
        other.TakeHeldBack().ShouldBeTrue();
        one.HoldBack(false);
        other.TakeHeldBack().ShouldBeTrue();
        other.TakeHeldBack().ShouldBeFalse();
    }

    [Fact]
    public void All_learn_of_one_that_was_held_back_between_two_looks()
    {
        var (one, other, third) = (_window.Join(), _window.Join(), _window.Join());
        one.HoldBack(true);
        one.HoldBack(false);
        other.TakeHeldBack().ShouldBeTrue();
        third.TakeHeldBack().ShouldBeTrue();
        other.TakeHeldBack().ShouldBeFalse();
        _window.Join().TakeHeldBack().ShouldBeFalse();
    }

    [Fact]
    public void Two_that_are_held_back_count_apart()
    {
        var (one, two, other) = (_window.Join(), _window.Join(), _window.Join());
        one.HoldBack(true);
        two.HoldBack(true);
        one.HoldBack(false);
        other.TakeHeldBack();
        other.TakeHeldBack().ShouldBeTrue();
    }

    [Fact]
    public void One_that_has_ended_holds_nobody_back_whatever_is_said_of_it()
    {
        var (one, other) = (_window.Join(), _window.Join());
        one.HoldBack(true);
        one.Leave();
        one.HoldBack(true);
        one.Leave();
        other.TakeHeldBack().ShouldBeTrue();
        other.TakeHeldBack().ShouldBeFalse();
    }
}
