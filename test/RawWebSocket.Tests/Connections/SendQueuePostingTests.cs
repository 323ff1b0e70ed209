using RawWebSocket.Connections.Sending;
using RawWebSocket.Protocol;

namespace RawWebSocket.Tests.Connections;

/// <summary>What happens to posts that a slow peer does not take, under each policy. A frame here is its text and two bytes.</summary>
public class SendQueuePostingTests
{
    [Fact]
    public void Beyond_the_high_mark_the_newest_is_dropped_and_said_to_be()
    {
        var rig = Stalled(SlowReaderPolicy.DropNewest);
        rig.Post("aaaa").ShouldBe(PostResult.Queued);
        rig.Post("bbbb").ShouldBe(PostResult.Queued);
        rig.Post("c").ShouldBe(PostResult.Dropped);
        rig.Dropped().ShouldBe(["newest"]);
        rig.Read().ShouldBe(["81 stall", "81 aaaa", "81 bbbb"]);
        rig.Post("d").ShouldBe(PostResult.Queued);
        rig.Read().ShouldBe(["81 d"]);
        rig.ShouldHoldNothing();
    }

    [Fact]
    public void Beyond_the_high_mark_the_oldest_posts_are_dropped_until_the_new_one_fits()
    {
        var rig = Stalled(SlowReaderPolicy.DropOldest);
        rig.Post("aa").ShouldBe(PostResult.Queued);
        rig.Post("bb").ShouldBe(PostResult.Queued);
        rig.Post("cc").ShouldBe(PostResult.Queued);
        rig.Post("ddddd").ShouldBe(PostResult.Queued);
        rig.Dropped().ShouldBe(["oldest", "oldest"]);
        rig.Read().ShouldBe(["81 stall", "81 cc", "81 ddddd"]);
        rig.ShouldHoldNothing();
    }

    [Fact]
    public async Task What_is_awaited_fragments_and_control_frames_are_never_dropped()
    {
        var rig = Stalled(SlowReaderPolicy.DropOldest);
        var first = rig.Send("awaited, and longer than all that may be posted");
        rig.Post("aaaa");
        rig.Queue.Controls.SendPing("ping"u8);
        rig.Queue.Controls.SendPong("pong"u8);
        var second = rig.Send("awaited");
        rig.Post("bbbbbbbb");
        rig.Post("cccccccc");
        rig.Read().ShouldBe(
            ["81 stall", "8a pong", "89 ping", "81 awaited, and longer than all that may be posted", "81 awaited", "81 cccccccc"]);
        (await first).ShouldBe(SendResult.Sent);
        (await second).ShouldBe(SendResult.Sent);
        rig.Dropped().Count.ShouldBe(2);
        rig.ShouldHoldNothing();
    }

    [Fact]
    public void A_post_longer_than_all_that_may_wait_waits_alone()
    {
        var rig = Stalled(SlowReaderPolicy.DropOldest);
        rig.Post("a");
        rig.Post(new string('b', 50));
        rig.Dropped().ShouldBe(["oldest"]);
        rig.Read().ShouldBe(["81 stall", $"81 {new string('b', 50)}"]);
    }

    [Fact]
    public void Those_who_wait_for_it_themselves_may_queue_as_much_as_they_like()
    {
        var rig = Stalled(SlowReaderPolicy.Wait);
        for (var i = 0; i < 100; i++)
        {
            rig.Post("more").ShouldBe(PostResult.Queued);
        }

        rig.Dropped().ShouldBeEmpty();
        rig.TooMuchQueued.ShouldBe(1);
        rig.Read().Count.ShouldBe(101);
        rig.ShouldHoldNothing();
    }

    [Theory]
    [InlineData(SlowReaderPolicy.DropNewest)]
    [InlineData(SlowReaderPolicy.DropOldest)]
    [InlineData(SlowReaderPolicy.Wait)]
    public void Reaching_the_mark_is_told_once_until_the_queue_has_drained(SlowReaderPolicy policy)
    {
        var rig = Stalled(policy);
        for (var i = 0; i < 10; i++)
        {
            rig.Post("12345678");
        }

        rig.TooMuchQueued.ShouldBe(1);
        rig.Read();
        _ = rig.Stall();
        rig.Post("12345678");
        rig.TooMuchQueued.ShouldBe(1);
        rig.Post("12345678");
        rig.TooMuchQueued.ShouldBe(2);
    }

    [Fact]
    public void A_newer_post_takes_the_place_of_the_one_with_its_key()
    {
        var rig = Stalled(SlowReaderPolicy.Close, high: 1000);
        rig.Post("price 1", "price");
        _ = rig.Send("between");
        rig.Post("volume 1", "volume");
        rig.Post("price 2", "price").ShouldBe(PostResult.Queued);
        rig.Post("no key");
        rig.Post("price three", "price").ShouldBe(PostResult.Queued);
        rig.Dropped().ShouldBe(["replaced", "replaced"]);
        rig.Read().ShouldBe(["81 stall", "81 price three", "81 between", "81 volume 1", "81 no key"]);
        rig.ShouldHoldNothing();
    }

    [Fact]
    public void A_post_that_is_being_written_is_not_replaced()
    {
        var rig = new SendQueueRig(high: 1_000_000);
        rig.Post(new string('x', 100_000), "key");
        rig.Post("newer", "key");
        rig.Dropped().ShouldBeEmpty();
        rig.ReadFrames().Select(frame => frame.Payload.Length).ShouldBe([100_000, 5]);
    }

    [Theory]
    [InlineData(SlowReaderPolicy.Close, 0)]
    [InlineData(SlowReaderPolicy.DropNewest, 0)]
    [InlineData(SlowReaderPolicy.DropOldest, 0)]
    [InlineData(SlowReaderPolicy.Wait, 0)]
    public void A_replacement_that_is_no_longer_always_has_room(SlowReaderPolicy policy, int overflows)
    {
        var rig = Stalled(policy);
        rig.Post("aaaa", "a");
        rig.Post("bbbb", "b");
        rig.Post("AAAA", "a").ShouldBe(PostResult.Queued);
        rig.Overflows.Count.ShouldBe(overflows);
        rig.TooMuchQueued.ShouldBe(0);
        rig.Read().ShouldBe(["81 stall", "81 AAAA", "81 bbbb"]);
    }

    [Fact]
    public void A_longer_replacement_is_subject_to_the_mark()
    {
        var newest = Full(SlowReaderPolicy.DropNewest);
        newest.Post("AAAAA", "a").ShouldBe(PostResult.Dropped);
        newest.Dropped().ShouldBe(["newest"]);
        newest.Read().ShouldBe(["81 stall", "81 aaaa", "81 bbbb"]);

        var oldest = Full(SlowReaderPolicy.DropOldest);
        oldest.Post("AAAAA", "a").ShouldBe(PostResult.Queued);
        oldest.Dropped().ShouldBe(["oldest", "replaced"]);
        oldest.Read().ShouldBe(["81 stall", "81 AAAAA"]);
        oldest.ShouldHoldNothing();

        var waits = Full(SlowReaderPolicy.Wait);
        waits.Post("AAAAA", "a").ShouldBe(PostResult.Queued);
        waits.TooMuchQueued.ShouldBe(1);
        waits.Read().ShouldBe(["81 stall", "81 AAAAA", "81 bbbb"]);

        var closes = Full(SlowReaderPolicy.Close);
        closes.Post("AAAAA", "a").ShouldBe(PostResult.Closed);
        closes.Overflows.ShouldBe([HeldUpBy.Peer]);

        static SendQueueRig Full(SlowReaderPolicy policy)
        {
            var rig = Stalled(policy);
            rig.Post("aaaa", "a");
            rig.Post("bbbb", "b");
            return rig;
        }
    }

    [Fact]
    public async Task What_waits_behind_an_unfinished_message_is_the_applications_fault()
    {
        var rig = new SendQueueRig(high: 12);
        (await rig.Queue.Fragments.BeginAsync(default)).ShouldBe(SendResult.Sent);
        rig.Post("aaaa").ShouldBe(PostResult.Queued);
        rig.Post("bbbbbbbb").ShouldBe(PostResult.Closed);
        rig.Overflows.ShouldBe([HeldUpBy.Application]);

        _ = rig.SendFragment(Opcode.Text, "the peer does not read it");
        rig.Post("bbbbbbbb").ShouldBe(PostResult.Closed);
        rig.Overflows.ShouldBe([HeldUpBy.Application, HeldUpBy.Peer]);
    }

    [Fact]
    public void A_payload_goes_straight_into_a_free_output_and_is_copied_when_it_waits()
    {
        var rig = new SendQueueRig();
        byte[] data = [(byte)'a'];
        rig.Queue.Messages.Post(Opcode.Binary, data).ShouldBe(PostResult.Queued);
        rig.Memory.Held.ShouldBe(3);
        rig.Queue.Messages.Post(Opcode.Text, data).ShouldBe(PostResult.Queued);
        rig.Memory.Held.ShouldBe(3 + 3 + Pending.Overhead);
        data[0] = (byte)'b';
        rig.Read().ShouldBe(["82 a", "81 a"]);
        rig.Messages.ShouldBe(2);
        rig.Bytes.ShouldBe(6);
        rig.ShouldHoldNothing();
    }

    [Fact]
    public async Task A_closing_queue_takes_no_posts()
    {
        var rig = new SendQueueRig();
        _ = rig.Close();
        rig.Queue.Messages.Post(Opcode.Text, "x"u8).ShouldBe(PostResult.Closed);
        rig.Queue.Messages.Post(Opcode.Text, new byte[100_000]).ShouldBe(PostResult.Closed);
        rig.Post("x").ShouldBe(PostResult.Closed);
        rig.Read();
        await rig.Queue.StopAsync();
        rig.ShouldHoldNothing();
    }

    private static SendQueueRig Stalled(SlowReaderPolicy policy, long high = 12)
    {
        var rig = new SendQueueRig(high: high, policy: policy);
        _ = rig.Stall();
        return rig;
    }
}
