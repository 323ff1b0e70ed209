using System.Net.WebSockets;
using RawWebSocket.Connections.Sending;
using RawWebSocket.Protocol;

namespace RawWebSocket.Tests.Connections;

/// <summary>Messages in fragments: they keep their turn until their last fragment.</summary>
public class SendQueueStreamingTests
{
    private readonly SendQueueRig _rig = new();

    [Fact]
    public async Task Fragments_leave_one_by_one()
    {
        await Begin();
        await SendFragmentAndRead(Opcode.Text, "a", "01 a");
        await SendFragmentAndRead(Opcode.Continuation, "b", "00 b");
        await SendFragmentAndRead(Opcode.Continuation, "", "80 ", isFinal: true);
        _rig.Messages.ShouldBe(1);
        _rig.Parts.ShouldBe(2);
    }

    [Fact]
    public async Task Other_messages_wait_for_the_last_fragment()
    {
        await Begin();
        var other = _rig.Send("other");
        _rig.Queue.Messages.Post(EncodedFrame.Text("posted")).ShouldBe(PostResult.Queued);
        await SendFragmentAndRead(Opcode.Text, "a", "01 a");
        other.IsCompleted.ShouldBeFalse();

        var last = _rig.SendFragment(Opcode.Continuation, "b", isFinal: true);
        _rig.Read().ShouldBe(["80 b", "81 other", "81 posted"]);
        (await last).ShouldBe(SendResult.Sent);
        (await other).ShouldBe(SendResult.Sent);
    }

    [Fact]
    public async Task Control_frames_pass_between_the_fragments()
    {
        await Begin();
        await SendFragmentAndRead(Opcode.Text, "a", "01 a");
        _rig.Queue.Controls.SendPong("pong"u8);
        _rig.Read().ShouldBe(["8a pong"]);
        await SendFragmentAndRead(Opcode.Continuation, "b", "80 b", isFinal: true);
    }

    [Fact]
    public async Task Control_frames_that_wait_leave_before_the_fragment_that_waits()
    {
        await Begin();
        _rig.Queue.Controls.SendPing("stall"u8);
        var fragment = _rig.SendFragment(Opcode.Text, "a");
        _rig.Queue.Controls.SendPing("ping"u8);
        fragment.IsCompleted.ShouldBeFalse();
        _rig.Read().ShouldBe(["89 stall", "89 ping", "01 a"]);
        (await fragment).ShouldBe(SendResult.Sent);
    }

    [Fact]
    public async Task A_message_in_fragments_waits_its_turn_like_any_other()
    {
        _ = _rig.Stall("a");
        _ = _rig.Send("b");
        var begun = _rig.Queue.Fragments.BeginAsync(default).AsTask();
        _ = _rig.Send("d");
        begun.IsCompleted.ShouldBeFalse();

        _rig.Read().ShouldBe(["81 a", "81 b"]);
        (await begun).ShouldBe(SendResult.Sent);
        var last = _rig.SendFragment(Opcode.Text, "c", isFinal: true);
        _rig.Read().ShouldBe(["81 c", "81 d"]);
        (await last).ShouldBe(SendResult.Sent);
    }

    [Fact]
    public async Task A_turn_that_is_not_used_is_given_to_the_next()
    {
        await Begin();
        var other = _rig.Send("other");
        _rig.Queue.Fragments.Abandon();
        _rig.Read().ShouldBe(["81 other"]);
        (await other).ShouldBe(SendResult.Sent);
    }

    [Fact]
    public async Task Waiting_for_the_turn_can_be_cancelled()
    {
        using var cancellation = new CancellationTokenSource();
        _ = _rig.Stall("a");
        var begun = _rig.Queue.Fragments.BeginAsync(cancellation.Token).AsTask();
        var next = _rig.Send("b");
        cancellation.Cancel();
        await Should.ThrowAsync<OperationCanceledException>(begun);
        _rig.Read().ShouldBe(["81 a", "81 b"]);
        (await next).ShouldBe(SendResult.Sent);
    }

    [Fact]
    public async Task A_close_waits_for_the_last_fragment_when_it_is_to()
    {
        await Begin();
        await SendFragmentAndRead(Opcode.Text, "a", "01 a");
        var closing = _rig.Close();
        _rig.Read().ShouldBeEmpty();
        closing.IsCompleted.ShouldBeFalse();

        await SendFragmentAndRead(Opcode.Continuation, "b", "00 b");
        var last = _rig.SendFragment(Opcode.Continuation, "c", isFinal: true);
        _rig.Read().ShouldBe(["80 c", "88 "]);
        (await last).ShouldBe(SendResult.Sent);
        (await closing).ShouldBe(SendResult.Sent);
    }

    [Fact]
    public async Task A_close_that_interrupts_leaves_at_once_and_the_rest_of_the_message_does_not()
    {
        await Begin();
        await SendFragmentAndRead(Opcode.Text, "a", "01 a");
        var closing = _rig.Close(streamed: StreamedMessage.IsInterrupted);
        _rig.Read().ShouldBe(["88 "]);
        (await closing).ShouldBe(SendResult.Sent);
        (await _rig.SendFragment(Opcode.Continuation, "b")).ShouldBe(SendResult.Closed);
        _rig.Read().ShouldBeEmpty();
    }

    [Fact]
    public async Task A_close_that_interrupts_ends_a_fragment_that_waits()
    {
        await Begin();
        _rig.Queue.Controls.SendPing("stall"u8);
        var fragment = _rig.SendFragment(Opcode.Text, "a");
        var closing = _rig.Close(streamed: StreamedMessage.IsInterrupted);
        (await fragment).ShouldBe(SendResult.Closed);
        _rig.Read().ShouldBe(["89 stall", "88 "]);
        (await closing).ShouldBe(SendResult.Sent);
    }

    [Fact]
    public async Task A_close_that_waited_for_a_message_goes_when_a_second_one_interrupts_it()
    {
        await Begin();
        var polite = _rig.Close(WebSocketCloseStatus.NormalClosure);
        _rig.Read().ShouldBeEmpty();
        var rude = _rig.Close(WebSocketCloseStatus.NormalClosure, StreamedMessage.IsInterrupted);
        _rig.ReadFrames().ShouldHaveSingleItem().FirstByte.ShouldBe((byte)0x88);
        (await polite).ShouldBe(SendResult.Sent);
        (await rude).ShouldBe(SendResult.Sent);
    }

    // Otherwise the close frame would wait for a message whose sender has been told that it is closed.
    [Fact]
    public async Task A_close_that_interrupts_gives_no_turn_to_a_message_in_fragments_that_waits()
    {
        await Begin();
        await SendFragmentAndRead(Opcode.Text, "a", "01 a");
        var waiting = _rig.Queue.Fragments.BeginAsync(default).AsTask();
        var closing = _rig.Close(streamed: StreamedMessage.IsInterrupted);
        _rig.Read().ShouldBe(["88 "]);
        (await closing).ShouldBe(SendResult.Sent);
        (await waiting).ShouldBe(SendResult.Closed);
    }

    [Fact]
    public async Task A_close_that_interrupts_gives_no_turn_even_when_no_message_is_under_way_yet()
    {
        _ = _rig.Stall("a");
        var waiting = _rig.Queue.Fragments.BeginAsync(default).AsTask();
        var closing = _rig.Close(streamed: StreamedMessage.IsInterrupted);
        _rig.Read().ShouldBe(["81 a", "88 "]);
        (await closing).ShouldBe(SendResult.Sent);
        (await waiting).ShouldBe(SendResult.Closed);
    }

    [Fact]
    public async Task Stopping_ends_the_message_and_those_that_wait_for_a_turn()
    {
        await Begin();
        _rig.Queue.Controls.SendPing("stall"u8);
        var fragment = _rig.SendFragment(Opcode.Text, "a");
        var waiting = _rig.Queue.Fragments.BeginAsync(default).AsTask();
        var stopped = _rig.Queue.StopAsync();

        (await fragment).ShouldBe(SendResult.Closed);
        (await waiting).ShouldBe(SendResult.Closed);
        _rig.Read().ShouldBe(["89 stall"]);
        await stopped;
        (await _rig.SendFragment(Opcode.Continuation, "b")).ShouldBe(SendResult.Closed);
    }

    [Fact]
    public async Task When_the_reader_has_gone_fragments_are_closed()
    {
        await Begin();
        _rig.LoseReader();
        (await _rig.SendFragment(Opcode.Text, "a")).ShouldBe(SendResult.Closed);
        (await _rig.SendFragment(Opcode.Continuation, "b")).ShouldBe(SendResult.Closed);
    }

    private async Task Begin() => (await _rig.Queue.Fragments.BeginAsync(default)).ShouldBe(SendResult.Sent);

    private async Task SendFragmentAndRead(Opcode opcode, string text, string frame, bool isFinal = false)
    {
        var sending = _rig.SendFragment(opcode, text, isFinal);
        _rig.Read().ShouldBe([frame]);
        (await sending).ShouldBe(SendResult.Sent);
    }
}
