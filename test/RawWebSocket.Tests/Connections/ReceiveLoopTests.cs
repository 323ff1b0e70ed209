using System.Buffers;
using System.IO.Pipelines;
using System.Net.WebSockets;
using System.Text;
using RawWebSocket.Protocol;
using static RawWebSocket.Tests.Wire.ClientFrame;

namespace RawWebSocket.Tests.Connections;

public class ReceiveLoopTests
{
    // What the queue takes for each message that waits.
    private const int EntrySize = 64;
    private const int EntryMemory = 128;

    private const int Ahead = 2000;

    private readonly ReceiveLoopRig _rig = new(aheadBytes: Ahead);

    [Fact]
    public async Task What_one_read_brought_is_answered_with_one_flush()
    {
        _ = _rig.EchoAllAsync();
        await _rig.Arrive([.. Of(Text, "a"u8), .. Of(Ping, "b"u8), .. Of(Text, "c"u8), .. Of(Text, "d"u8)]);
        _rig.Output.Read().ShouldBe(["81 a", "8a b", "81 c", "81 d"]);
        _rig.Output.Output.Flushes.ShouldBe(1);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(1000)]
    public async Task Every_byte_is_counted_once_however_it_arrives_and_whoever_holds_it(int size)
    {
        _ = _rig.Received.WaitAsync(Delivery.Whole, 0, default).AsTask();
        var bytes = Enumerable.Range(0, 20).SelectMany(i => Of(Text, Encoding.UTF8.GetBytes(new string('x', i)))).ToArray();
        for (var start = 0; start < bytes.Length; start += size)
        {
            await _rig.Arrive(bytes[start..Math.Min(start + size, bytes.Length)]);
            if (start % 3 == 0)
            {
                _rig.Received.TryTake(out _);
            }
        }

        _rig.ReceivedBytes.ShouldBe(bytes.Length);
    }

    [Fact]
    public async Task A_peer_that_never_stops_sending_does_not_keep_its_thread()
    {
        const int All = 100;
        Thread? kept = null;
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var frame = Of(Ping, []);
        var (reads, readsByKept) = (0, 0);
        _rig.WhenReceived = () =>
        {
            readsByKept += Thread.CurrentThread == kept ? 1 : 0;
            if (++reads == All)
            {
                done.SetResult();
                return;
            }

            _rig.Arrive(frame).AsTask().IsCompletedSuccessfully.ShouldBeTrue();
        };

        // Not one of the pool's, which might come upon the rest of the reads by itself.
        AnotherThread.Runs(() =>
        {
            kept = Thread.CurrentThread;
            _rig.Arrive(frame).AsTask();
        });
        await done.Task;
        readsByKept.ShouldBeInRange(1, 20);
    }

    [Fact]
    public async Task A_payload_stays_where_it_lies_while_more_arrives()
    {
        await _rig.Arrive(Of(Text, "first"u8));
        _rig.Received.TryTake(out var first).ShouldBeTrue();
        for (var i = 0; i < 5; i++)
        {
            await _rig.Arrive(Of(Binary, Encoding.UTF8.GetBytes($"{i}")));
        }

        _rig.Loop.HoldsInput.ShouldBeTrue();
        Encoding.UTF8.GetString(first.Payload).ShouldBe("first");
        for (var i = 0; i < 5; i++)
        {
            _rig.Take().ShouldBe($"{i}");
        }
    }

    // Nothing keeps the transport's buffer for it.
    [Fact]
    public async Task An_empty_message_that_waits_does_not_lie_in_a_buffer_that_was_given_back()
    {
        await _rig.Arrive(Of(Text, []));
        _rig.Loop.HoldsInput.ShouldBeFalse();
        _rig.Take().ShouldBe("");
    }

    [Fact]
    public async Task Input_that_nobody_looks_at_any_more_is_given_back_with_the_next_turn()
    {
        await _rig.Arrive(Of(Text, "first"u8));
        _rig.Take();
        _rig.Loop.HoldsInput.ShouldBeTrue();
        _rig.Received.TryTake(out _).ShouldBeFalse();
        _rig.Turn();
        _rig.Loop.HoldsInput.ShouldBeFalse();
        await _rig.Arrive(Of(Text, "next"u8));
        _rig.Take().ShouldBe("next");
        _rig.ReceivedBytes.ShouldBe(6 + 5 + 6 + 4);
    }

    [Fact]
    public async Task An_application_that_falls_behind_holds_the_peer_back()
    {
        const int Size = 100;
        var frame = Of(Binary, new byte[Size]);
        await _rig.Arrive([.. Enumerable.Repeat(frame, 50).SelectMany(bytes => bytes)]);
        _rig.Loop.IsHeldBack.ShouldBeTrue();
        _rig.Received.WaitingBytes.ShouldBeInRange(Ahead, Ahead + Size + EntrySize);

        for (var i = 0; i < 50; i++)
        {
            (await _rig.Received.WaitAsync(Delivery.Whole, 0, default)).ShouldBeTrue();
            _rig.Received.TryTake(out var message).ShouldBeTrue();
            message.Payload.Length.ShouldBe(Size);
        }
    }

    [Fact]
    public async Task A_message_that_nobody_has_asked_for_yet_holds_the_peer_back()
    {
        await _rig.Arrive([.. Of(TextStart, "a"u8), .. Of(Last, "b"u8)]);
        _rig.Loop.IsHeldBack.ShouldBeTrue();
        (await _rig.Received.WaitAsync(Delivery.Whole, 0, default)).ShouldBeTrue();
        _rig.Take().ShouldBe("ab");
    }

    [Fact]
    public async Task A_flood_of_pings_behind_a_message_that_is_held_is_held_back()
    {
        await _rig.Arrive(Of(Text, "held"u8));
        _rig.Take();
        await _rig.Arrive([.. Enumerable.Repeat(Of(Ping, new byte[100]), 10).SelectMany(bytes => bytes)]);
        _rig.Loop.IsHeldBack.ShouldBeFalse();
        await _rig.Arrive([.. Enumerable.Repeat(Of(Ping, new byte[100]), 10).SelectMany(bytes => bytes)]);
        _rig.Loop.IsHeldBack.ShouldBeTrue();
    }

    [Fact]
    public async Task Input_that_is_kept_is_charged_until_it_is_given_back()
    {
        await _rig.Arrive(Of(Text, "first"u8));
        _rig.Memory.Held.ShouldBe(Of(Text, "first"u8).Length + EntryMemory);
        await _rig.Arrive(Of(Text, "second"u8));
        _rig.Memory.Held.ShouldBe(Of(Text, "first"u8).Length + Of(Text, "second"u8).Length + (2 * EntryMemory));
        _rig.Take();
        _rig.Take();
        _rig.Received.TryTake(out _).ShouldBeFalse();
        _rig.Turn();
        _rig.Memory.Held.ShouldBe(0);
    }

    [Fact]
    public async Task After_the_last_read_a_streams_buffers_are_given_back_and_the_next_read_is_not_cut_off()
    {
        using var pool = new CountingPool();
        PipeReader? input = null;
        var rig = new ReceiveLoopRig(
            Ahead,
            wrap: pipe => input = PipeReader.Create(pipe.AsStream(), new(pool, bufferSize: 4096, useZeroByteReads: true)));
        await rig.Arrive([.. Of(Text, "first"u8), .. Of(Close, [])]);
        await rig.Ending;
        rig.Take();
        rig.Received.TryTake(out _).ShouldBeFalse();
        (rig.Loop.HoldsInput, rig.Loop.KeepsMemory, pool.Rented).ShouldBe((true, true, 1));

        rig.Loop.GiveInputBack(isForGood: false);
        (rig.Loop.HoldsInput, rig.Loop.KeepsMemory, pool.Rented).ShouldBe((false, false, 0));
        var next = input!.ReadAsync();
        next.IsCompleted.ShouldBeFalse();
        await rig.Arrive([1]);
        var result = await next;
        (result.IsCanceled, result.Buffer.Length).ShouldBe((false, 1));
    }

    [Fact]
    public async Task Input_that_waits_for_an_application_that_is_behind_is_charged_as_well()
    {
        var bytes = Of(Binary, new byte[Ahead]);
        await _rig.Arrive([.. bytes, .. bytes, .. bytes]);
        _rig.Loop.IsHeldBack.ShouldBeTrue();

        // The rest is left unread with the transport.
        _rig.Memory.Held.ShouldBe(bytes.Length + EntryMemory);
        _rig.EndInput();
        _rig.Received.Finish();
        await _rig.Ending;
        _rig.Loop.LetGoOfInput();
        _rig.Memory.Held.ShouldBe(0);
    }

    [Fact]
    public async Task An_application_that_answers_at_once_is_charged_nothing()
    {
        var rig = new ReceiveLoopRig(Ahead, budget: 0);
        rig.Memory.Budget.Exceeded = () => Assert.Fail("Something was charged.");
        _ = rig.EchoAllAsync();
        await rig.Arrive([.. Of(Text, "a"u8), .. Of(Text, "b"u8), .. Of(Text, "c"u8)[..3]]);
        await rig.Arrive([.. Of(Text, "c"u8)[3..], .. Of(Text, "d"u8)]);
        rig.Output.Read().ShouldBe(["81 a", "81 b", "81 c", "81 d"]);
    }

    [Fact]
    public async Task What_is_unfinished_has_a_number_of_its_own_for_as_long_as_it_is()
    {
        _ = _rig.EchoAllAsync();
        _rig.Loop.Unfinished.ShouldBe(0);
        await _rig.Arrive(Of(Ping, "half"u8)[..3]);
        var ping = _rig.Loop.Unfinished;
        ping.ShouldNotBe(0);
        await _rig.Arrive(Of(Ping, "half"u8)[3..^1]);
        _rig.Loop.Unfinished.ShouldBe(ping);

        await _rig.Arrive([.. Of(Ping, "half"u8)[^1..], .. Of(TextStart, "a"u8)]);
        var message = _rig.Loop.Unfinished;
        message.ShouldNotBeOneOf(0, ping);
        await _rig.Arrive([.. Of(Middle, "b"u8), .. Of(Ping, []), .. Of(Ping, "half"u8)[..^1]]);
        _rig.Loop.Unfinished.ShouldBe(message);
        await _rig.Arrive([.. Of(Ping, "half"u8)[^1..], .. Of(Last, []), .. Of(Text, "c"u8)[..1]]);
        _rig.Loop.Unfinished.ShouldNotBeOneOf(0, ping, message);
        await _rig.Arrive(Of(Text, "c"u8)[1..]);
        _rig.Loop.Unfinished.ShouldBe(0);
    }

    [Fact]
    public async Task A_flood_of_pings_is_answered_with_the_latest_and_then_fails()
    {
        const int Most = ReceiveLoopRig.ControlFramesPerSecond;
        await _rig.Arrive([.. Enumerable.Range(1, Most + 10).SelectMany(number => Of(Ping, [(byte)('0' + (number % 10))]))]);
        _rig.Output.Read().Count.ShouldBe(Most + 1);
        _rig.LimitsReached.ShouldBe([WebSocketLimit.ControlFrameRate]);
        await _rig.Arrive([.. Of(Text, "a"u8), .. Enumerable.Repeat(Of(Ping, "z"u8), Most).SelectMany(frame => frame)]);
        (await _rig.Ending)!.Fault.ShouldBe(ProtocolFault.TooManyControlFrames);
        _rig.Output.Read().ShouldBe(["8a z"]);
        _rig.Take().ShouldBe("a");
    }

    [Fact]
    public async Task A_flood_of_pings_does_not_hurt_once_this_side_has_closed()
    {
        _ = _rig.Output.Close();
        await _rig.Arrive([.. Enumerable.Repeat(Of(Ping, "z"u8), 500).SelectMany(frame => frame), .. Closing(1000, [])]);
        (await _rig.Ending)!.Close.ShouldNotBeNull();
    }

    [Fact]
    public async Task It_ends_with_the_peers_close_and_what_came_before_is_there()
    {
        await _rig.Arrive([.. Of(Text, "a"u8), .. Closing(1000, "bye"u8), .. Of(Text, "b"u8)]);
        var last = await _rig.Ending;
        last!.Close.ShouldBe(new ClosePayload(WebSocketCloseStatus.NormalClosure, "bye"));
        _rig.Take().ShouldBe("a");
        _rig.Received.TryTake(out _).ShouldBeFalse();
    }

    [Fact]
    public async Task It_ends_with_the_peers_fault()
    {
        await _rig.Arrive([.. Of(Text, "a"u8), .. Of(0x83, [])]);
        (await _rig.Ending)!.Fault.ShouldBe(ProtocolFault.ReservedOpcode);
        _rig.Take().ShouldBe("a");
    }

    [Fact]
    public async Task It_ends_with_nothing_when_the_transport_does()
    {
        _ = _rig.Received.WaitAsync(Delivery.Whole, 0, default).AsTask();
        await _rig.Arrive([.. Of(Text, "a"u8), .. Of(Text, "b"u8)[..^1]]);
        _rig.EndInput();
        (await _rig.Ending).ShouldBeNull();
        _rig.Take().ShouldBe("a");
    }

    [Fact]
    public async Task After_this_sides_close_everything_but_the_peers_close_is_discarded()
    {
        await _rig.Arrive(Of(Text, "held"u8));
        _rig.Take();
        _ = _rig.Output.Close();
        await _rig.Arrive([.. Of(Text, [0xFF]), .. Of(BinaryStart, new byte[5000]), .. Of(Middle, new byte[5000])]);
        _rig.Loop.IsHeldBack.ShouldBeFalse();
        await _rig.Arrive([.. Of(Last, []), .. Closing(1000, [])]);
        (await _rig.Ending)!.Close.ShouldNotBeNull();
        _rig.Received.TryTake(out _).ShouldBeFalse();
    }

    [Fact]
    public async Task An_aborted_connection_waits_for_no_application()
    {
        await _rig.Arrive([.. Of(TextStart, "a"u8), .. Of(Last, "b"u8)]);
        _rig.Loop.IsHeldBack.ShouldBeTrue();
        _rig.IsAborted = true;
        _rig.Received.SignalChange();
        (await _rig.Ending).ShouldBeNull();
    }

    private sealed class CountingPool : MemoryPool<byte>
    {
        public int Rented { get; private set; }

        public override int MaxBufferSize => int.MaxValue;

        public override IMemoryOwner<byte> Rent(int minBufferSize = -1)
        {
            Rented++;
            return new Owner(this, minBufferSize);
        }

        protected override void Dispose(bool disposing)
        {
        }

        private sealed class Owner(CountingPool pool, int size) : IMemoryOwner<byte>
        {
            public Memory<byte> Memory { get; } = new byte[size];

            public void Dispose() => pool.Rented--;
        }
    }
}
