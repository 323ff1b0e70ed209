using System.Net.WebSockets;
using RawWebSocket.Connections.Sending;
using RawWebSocket.Protocol;

namespace RawWebSocket.Tests.Connections;

/// <summary>Pings, pongs and the close frame.</summary>
public class SendQueueControlTests
{
    private readonly SendQueueRig _rig = new();

    [Fact]
    public void A_control_frame_goes_straight_into_a_free_output()
    {
        _rig.Queue.Controls.SendPing("a"u8);
        _rig.Read().ShouldBe(["89 a"]);
        _rig.Queue.Controls.SendPong("b"u8);
        _rig.Read().ShouldBe(["8a b"]);
    }

    [Fact]
    public void Control_frames_pass_the_messages_that_wait()
    {
        _ = _rig.Stall();
        _ = _rig.Send("waits");
        _rig.Queue.Controls.SendPing("ping"u8);
        _rig.Queue.Controls.SendPong("pong"u8);
        _rig.Read().ShouldBe(["81 stall", "8a pong", "89 ping", "81 waits"]);
    }

    [Fact]
    public void Of_pongs_that_wait_only_the_latest_is_sent()
    {
        _ = _rig.Stall();
        for (var i = 0; i < 1000; i++)
        {
            _rig.Queue.Controls.SendPong([(byte)'0', (byte)('0' + (i % 10))]);
        }

        _rig.Read().ShouldBe(["81 stall", "8a 09"]);
    }

    [Fact]
    public void Of_pings_that_wait_every_one_is_sent()
    {
        _ = _rig.Stall();
        _rig.Queue.Controls.SendPing("1"u8);
        _rig.Queue.Controls.SendPing("2"u8);
        _rig.Queue.Controls.SendPing("3"u8);
        _rig.Read().ShouldBe(["81 stall", "89 1", "89 2", "89 3"]);
    }

    // The pong of a later ping answers the earlier ones too.
    [Fact]
    public void Of_very_many_pings_that_wait_the_latest_16_are_sent()
    {
        _ = _rig.Stall();
        for (var i = 0; i < 1000; i++)
        {
            _rig.Queue.Controls.SendPing(System.Text.Encoding.UTF8.GetBytes($"{i}"));
        }

        _rig.Read().ShouldBe(["81 stall", .. Enumerable.Range(984, 16).Select(i => $"89 {i}")]);
    }

    [Fact]
    public void A_payload_that_waits_is_a_copy()
    {
        byte[] payload = [(byte)'a'];
        _ = _rig.Stall();
        _rig.Queue.Controls.SendPong(payload);
        _rig.Queue.Controls.SendPing(payload);
        payload[0] = (byte)'b';
        _rig.Read().ShouldBe(["81 stall", "8a a", "89 a"]);
    }

    [Fact]
    public void A_control_frame_never_splits_a_large_message()
    {
        _ = _rig.Send(new string('x', 200_000));
        _rig.ReadOnce().ShouldBeGreaterThan(0);
        _rig.Queue.Controls.SendPong("pong"u8);
        _rig.ReadFrames().Select(frame => frame.FirstByte).ShouldBe([0x81, 0x8A]);
    }

    [Fact]
    public async Task The_close_frame_leaves_behind_what_was_sent_before_it()
    {
        _ = _rig.Stall("a");
        var before = _rig.Send("b");
        var closing = _rig.Close(WebSocketCloseStatus.NormalClosure);
        closing.IsCompleted.ShouldBeFalse();

        _rig.Read().ShouldBe(["81 a", "81 b", "88 \u0003\uFFFD"]);
        (await before).ShouldBe(SendResult.Sent);
        (await closing).ShouldBe(SendResult.Sent);
    }

    [Fact]
    public async Task Nothing_is_taken_once_the_close_frame_is_queued_and_nothing_follows_it()
    {
        _ = _rig.Stall();
        _rig.Queue.Controls.HasClose.ShouldBeFalse();
        var closing = _rig.Close();
        _rig.Queue.Controls.HasClose.ShouldBeTrue();

        (await _rig.Send("x")).ShouldBe(SendResult.Closed);
        (await _rig.Queue.Fragments.BeginAsync(default)).ShouldBe(SendResult.Closed);
        _rig.Queue.Messages.Post(EncodedFrame.Text("x")).ShouldBe(PostResult.Closed);
        _rig.Overflows.ShouldBeEmpty();
        _rig.Queue.Controls.SendPing("before"u8);
        _rig.Read().ShouldBe(["81 stall", "89 before", "88 "]);

        (await closing).ShouldBe(SendResult.Sent);
        _rig.Queue.Controls.SendPing("after"u8);
        _rig.Queue.Controls.SendPong("after"u8);
        _rig.Read().ShouldBeEmpty();
        _rig.Output.Written.ShouldBe(_rig.Bytes);
    }

    [Fact]
    public async Task A_control_frame_that_comes_while_the_close_frame_is_being_flushed_is_forgotten()
    {
        var closing = _rig.Close();
        _rig.Queue.Controls.SendPing("late"u8);
        _rig.Queue.Controls.SendPong("late"u8);
        _rig.Read().ShouldBe(["88 "]);
        (await closing).ShouldBe(SendResult.Sent);
    }

    [Fact]
    public async Task The_first_close_counts_and_every_closer_hears_when_it_has_left()
    {
        var first = _rig.Close(WebSocketCloseStatus.NormalClosure);
        var second = _rig.Close(WebSocketCloseStatus.ProtocolError);
        _rig.ReadFrames().ShouldHaveSingleItem().Payload.ShouldBe([0x03, 0xE8]);
        (await first).ShouldBe(SendResult.Sent);
        (await second).ShouldBe(SendResult.Sent);
        (await _rig.Close()).ShouldBe(SendResult.Sent);
        _rig.Read().ShouldBeEmpty();
    }

    [Fact]
    public async Task A_close_frame_with_the_longest_reason_is_sent_whole()
    {
        var closing = _rig.Queue.Controls.CloseAsync(
            new ClosePayload(WebSocketCloseStatus.NormalClosure, new string('r', 123)), StreamedMessage.IsFinished);
        _rig.ReadFrames().ShouldHaveSingleItem().Payload.Length.ShouldBe(125);
        (await closing).ShouldBe(SendResult.Sent);
    }

    [Fact]
    public async Task A_close_frame_that_cannot_leave_any_more_says_so()
    {
        _ = _rig.Stall();
        var closing = _rig.Close();
        _rig.LoseReader();
        (await closing).ShouldBe(SendResult.Closed);
    }
}
