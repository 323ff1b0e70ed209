using RawWebSocket.Connections.Sending;
using RawWebSocket.Protocol;

namespace RawWebSocket.Tests.Connections;

public class WaitingSendsTests
{
    private readonly WaitingSends _waiting = new();
    private readonly MemoryAccount _memory = new(new MemoryBudget(long.MaxValue));

    [Fact]
    public void It_keeps_the_order_whoever_leaves()
    {
        var all = Enumerable.Range(0, 6).Select(number => number % 2 == 0 ? (Pending)Send() : Post(null)).ToList();
        all.ForEach(_waiting.Add);
        foreach (var leaving in (int[])[2, 5, 0, 1])
        {
            _waiting.Remove(all[leaving]);
            all[leaving].IsWaiting.ShouldBeFalse();
        }

        InOrder().ShouldBe([all[3], all[4]]);
        _waiting.OldestPost.ShouldBe(all[3]);
        _waiting.Bytes.ShouldBe(6);
        _waiting.PostedBytes.ShouldBe(3);
    }

    [Fact]
    public void Emptied_it_begins_anew()
    {
        var post = Post("a");
        _waiting.Add(post);
        _waiting.Remove(post);
        _waiting.First.ShouldBeNull();
        _waiting.OldestPost.ShouldBeNull();
        _waiting.Find("a").ShouldBeNull();
        (_waiting.Bytes, _waiting.PostedBytes).ShouldBe((0, 0));

        var next = Post("a");
        _waiting.Add(next);
        InOrder().ShouldBe([next]);
        _waiting.Find("a").ShouldBe(next);
    }

    [Fact]
    public void A_post_is_found_by_its_exact_key_while_it_waits()
    {
        var (a, b) = (Post("a"), Post("b"));
        _waiting.Add(a);
        _waiting.Add(b);
        _waiting.Find("a").ShouldBe(a);
        _waiting.Find("A").ShouldBeNull();
        _waiting.Find(null).ShouldBeNull();
        _waiting.Remove(a);
        _waiting.Find("a").ShouldBeNull();
        _waiting.Find("b").ShouldBe(b);
    }

    [Fact]
    public void A_newer_frame_takes_the_older_ones_place()
    {
        var (a, b) = (Post("a"), Post("b"));
        foreach (var post in (PendingPost[])[a, b])
        {
            _waiting.Add(post);
            post.Hold(_memory);
        }

        _waiting.Replace(a, EncodedFrame.Text("longer"), _memory);
        InOrder().ShouldBe([a, b]);
        a.Frame.Size.ShouldBe(8);
        _waiting.Bytes.ShouldBe(11);
        _waiting.PostedBytes.ShouldBe(11);
        _memory.Held.ShouldBe(11 + (2 * Pending.Overhead));
        _memory.Budget.Held.ShouldBe(_memory.Held);
    }

    private List<Pending> InOrder()
    {
        var order = new List<Pending>();
        for (var pending = _waiting.First; pending is not null; pending = pending.Next)
        {
            pending.Previous.ShouldBe(order.LastOrDefault());
            order.Add(pending);
        }

        return order;
    }

    private static PendingSend Send() => new(PendingKind.Frame, Opcode.Text, SendQueueRig.Payload("x"));

    private static PendingPost Post(string? key) => new(EncodedFrame.Text("x"), key);
}
