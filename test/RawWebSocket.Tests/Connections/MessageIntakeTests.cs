using RawWebSocket.Connections.Receiving;
using RawWebSocket.Connections.Sending;

namespace RawWebSocket.Tests.Connections;

/// <summary>What reads messages, lent to one connection after the other.</summary>
public class MessageIntakeTests
{
    private const int MostSpare = 32;

    private readonly ReceiveQueue _received = new();
    private readonly SendQueue _sends = new SendQueueRig().Queue;

    // A thread that reads many connections has as many under way whose message has come in part.
    [Fact]
    public void Those_that_were_given_back_are_lent_again_before_one_is_made() => AnotherThread.Runs(() =>
    {
        var first = Rent(MostSpare);
        GiveBack(first);
        Rent(MostSpare).ShouldBe(first, ignoreOrder: true);
    });

    [Fact]
    public void A_thread_keeps_no_more_than_32() => AnotherThread.Runs(() =>
    {
        var first = Rent(MostSpare + 8);
        GiveBack(first);
        var second = Rent(MostSpare + 8);
        second.Intersect(first).Count().ShouldBe(MostSpare);
        second.Distinct().Count().ShouldBe(second.Length);
    });

    [Fact]
    public void Of_one_connections_buffer_the_next_one_knows_nothing() => AnotherThread.Runs(() =>
    {
        var first = Rent(1);
        (first[0].Passed, first[0].Known) = (2, 3);
        GiveBack(first);
        var next = Rent(1)[0];
        next.ShouldBeSameAs(first[0]);
        (next.Passed, next.Known).ShouldBe((0, 0));
    });

    private static void GiveBack(MessageIntake[] intakes)
    {
        foreach (var intake in intakes)
        {
            intake.GiveBack();
        }
    }

    private MessageIntake[] Rent(int count) =>
        [.. Enumerable.Range(0, count).Select(_ => MessageIntake.Rent(_received, _sends, default, finished: 0))];
}
