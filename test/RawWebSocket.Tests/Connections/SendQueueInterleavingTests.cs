using System.Buffers;
using System.IO.Pipelines;
using System.Net.WebSockets;
using System.Text;
using RawWebSocket.Connections.Sending;
using RawWebSocket.Protocol;
using RawWebSocket.Tests.Wire;

namespace RawWebSocket.Tests.Connections;

/// <summary>Many senders at once, over a pipe that is nearly always full: what leaves is whole frames, each sender's in order.</summary>
public class SendQueueInterleavingTests
{
    private const int Senders = 8;
    private const int Messages = 60;

    private readonly Pipe _pipe = new(new PipeOptions(pauseWriterThreshold: 2000, resumeWriterThreshold: 1000));
    private readonly MemoryAccount _memory = new(new MemoryBudget(long.MaxValue));
    private readonly SendQueue _queue;

    public SendQueueInterleavingTests() => _queue = new SilentObserver(_memory).QueueOver(_pipe.Writer);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Frames_are_whole_and_each_senders_are_in_order(int seed)
    {
        var reading = Task.Run(ReadAllAsync);
        await Task.WhenAll(Enumerable.Range(0, Senders).Select(sender => Task.Run(() => SendAllAsync(sender, new Random(seed + sender)))));
        _queue.Controls.SendPing("end"u8);
        (await _queue.Controls.CloseAsync(new ClosePayload(WebSocketCloseStatus.NormalClosure, "end"), StreamedMessage.IsFinished))
            .ShouldBe(SendResult.Sent);
        await _queue.StopAsync();
        await _pipe.Writer.CompleteAsync();
        _queue.Drainage.BufferedBytes.ShouldBe(0);
        _memory.Held.ShouldBe(0);
        _memory.Budget.Held.ShouldBe(0);

        var frames = await reading;
        frames[^1].FirstByte.ShouldBe((byte)0x88);
        frames.Count(frame => frame.FirstByte == 0x88).ShouldBe(1);
        frames.Count(frame => frame.FirstByte == 0x89).ShouldBeInRange(1, (Senders * (Messages / 10)) + 1);

        var messages = Reassembled(frames);
        messages.Count.ShouldBe(Senders * Messages);
        for (var sender = 0; sender < Senders; sender++)
        {
            messages.Where(message => message.StartsWith($"{sender}:", StringComparison.Ordinal)).ShouldBe(
                Enumerable.Range(0, Messages).Select(number => Message(sender, number)), $"sender {sender}");
        }
    }

    // Not awaited inside: a batch is its thread's.
    private List<Task> SendInBatch(int sender, int first, int last)
    {
        _queue.BeginBatch();
        var sends = Enumerable.Range(first, last - first + 1).Select(number => SendAsync(Message(sender, number))).ToList();
        _queue.EndBatch();
        return sends;
    }

    private async Task SendAsync(string message) =>
        (await _queue.Messages.SendAsync(Opcode.Text, new ReadOnlySequence<byte>(Encoding.UTF8.GetBytes(message)), default))
            .ShouldBe(SendResult.Sent);

    private async Task SendAllAsync(int sender, Random random)
    {
        for (var number = 0; number < Messages; number++)
        {
            var message = Encoding.UTF8.GetBytes(Message(sender, number));
            switch (random.Next(4))
            {
                case 0:
                    _queue.Messages.Post(EncodedFrame.Text(message)).ShouldBe(PostResult.Queued);
                    break;
                case 1:
                    await SendInFragmentsAsync(message, random);
                    break;
                case 2:
                    var last = Math.Min(number + random.Next(5), Messages - 1);
                    await Task.WhenAll(SendInBatch(sender, number, last));
                    number = last;
                    break;
                default:
                    await SendAfterOneThatIsCancelledAsync(message);
                    break;
            }

            if (number % 10 == 0)
            {
                _queue.Controls.SendPing("ping"u8);
                _queue.Controls.SendPong("pong"u8);
            }
        }
    }

    private async Task SendInFragmentsAsync(byte[] message, Random random)
    {
        (await _queue.Fragments.BeginAsync(default)).ShouldBe(SendResult.Sent);
        var opcode = Opcode.Text;
        for (var start = 0; start < message.Length;)
        {
            var length = Math.Min(random.Next(1, 2000), message.Length - start);
            (await _queue.Fragments.SendAsync(opcode, message.AsMemory(start, length), isFinal: false)).ShouldBe(SendResult.Sent);
            opcode = Opcode.Continuation;
            start += length;
        }

        (await _queue.Fragments.SendAsync(opcode, default, isFinal: true)).ShouldBe(SendResult.Sent);
    }

    // What is given up in time shows up nowhere, and what was not is a message of nobody's.
    private async Task SendAfterOneThatIsCancelledAsync(byte[] message)
    {
        using var cancellation = new CancellationTokenSource();
        var givenUp = _queue.Messages.SendAsync(Opcode.Binary, new ReadOnlySequence<byte>("given up"u8.ToArray()), cancellation.Token).AsTask();
        var kept = _queue.Messages.SendAsync(Opcode.Text, new ReadOnlySequence<byte>(message), default);
        cancellation.Cancel();
        await givenUp.ContinueWith(static _ => { }, TaskScheduler.Default);
        (await kept).ShouldBe(SendResult.Sent);
    }

    private async Task<List<ServerFrame>> ReadAllAsync()
    {
        var frames = new List<ServerFrame>();
        var bytes = new List<byte>();
        while (true)
        {
            var result = await _pipe.Reader.ReadAsync();
            bytes.AddRange(result.Buffer.ToArray());
            _pipe.Reader.AdvanceTo(result.Buffer.End);
            frames.AddRange(ServerFrame.TakeAll(bytes));
            if (result.IsCompleted)
            {
                bytes.ShouldBeEmpty();
                return frames;
            }
        }
    }

    private static List<string> Reassembled(List<ServerFrame> frames)
    {
        var messages = new List<string>();
        StringBuilder? fragments = null;
        foreach (var frame in frames.Where(frame => !frame.IsControl))
        {
            (frame.Opcode == 0).ShouldBe(fragments is not null, "Only fragments of one message follow each other.");
            (fragments ??= new()).Append(frame.Text);
            if (frame.IsFinal)
            {
                messages.Add(fragments.ToString());
                fragments = null;
            }
        }

        fragments.ShouldBeNull();
        messages.RemoveAll(static message => message == "given up");
        return messages;
    }

    // Of all sizes: some within one header byte, some of many fragments, some in chunks.
    private static string Message(int sender, int number) =>
        $"{sender}:{number}:" + new string((char)('a' + (number % 26)), number % 50 == 49 ? 70_000 : number * 17 % 3000);
}
