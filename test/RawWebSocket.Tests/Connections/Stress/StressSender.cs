using System.Buffers;
using RawWebSocket.Connections.Sending;
using RawWebSocket.Protocol;

namespace RawWebSocket.Tests.Connections.Stress;

/// <summary>One thread that sends in every way there is, and notes what it was told.</summary>
/// <param name="queue">Shared with other senders.</param>
/// <param name="sender">Its number.</param>
/// <param name="seed">What it does is drawn from this.</param>
internal sealed class StressSender(SendQueue queue, int sender, int seed)
{
    private const int Steps = 60;

    private readonly Random _random = new(seed);
    private readonly List<SendRecord> _records = [];
    private int _number;

    public IReadOnlyList<SendRecord> Records => _records;

    public async Task RunAsync()
    {
        for (var step = 0; step < Steps; step++)
        {
            switch (_random.Next(8))
            {
                case 0:
                    await SendBatchAsync();
                    break;
                case 1:
                    await SendFragmentsAsync();
                    break;
                case 2:
                    await SendAndGiveUpAsync();
                    break;
                case 3:
                    queue.Controls.SendPing("ping"u8);
                    queue.Controls.SendPong("pong"u8);
                    break;
                case 4:
                    Post(key: null);
                    break;
                case 5:
                    Post(key: $"{sender}");
                    break;
                case 6:
                    await queue.Drainage.WaitAsync(default);
                    break;
                default:
                    await SendAsync();
                    break;
            }
        }
    }

    private async Task SendAsync()
    {
        var (number, payload) = Next();
        var result = await queue.Messages.SendAsync(Opcode.Binary, new ReadOnlySequence<byte>(payload), default);
        Note(number, payload, Of(result));
    }

    private void Post(string? key)
    {
        var (number, payload) = Next();
        var result = _random.Next(2) == 0
            ? queue.Messages.Post(Opcode.Binary, payload, key)
            : queue.Messages.Post(EncodedFrame.Binary(payload), key);
        Note(number, payload, result == PostResult.Closed ? Told.Closed : key is null ? Told.Posted : Told.PostedWithKey);
    }

    // Not awaited before its end: a batch is its thread's.
    private async Task SendBatchAsync()
    {
        var sends = new List<(int Number, byte[] Payload, Task<SendResult> Sent)>();
        queue.BeginBatch();
        for (var more = _random.Next(6); more >= 0; more--)
        {
            var (number, payload) = Next();
            sends.Add((number, payload, queue.Messages.SendAsync(Opcode.Binary, new ReadOnlySequence<byte>(payload), default).AsTask()));
        }

        queue.EndBatch();
        foreach (var (number, payload, sent) in sends)
        {
            Note(number, payload, Of(await sent));
        }
    }

    private async Task SendFragmentsAsync()
    {
        var (number, payload) = Next();
        var result = await queue.Fragments.BeginAsync(default);
        var opcode = Opcode.Binary;
        for (var start = 0; result == SendResult.Sent && start < payload.Length;)
        {
            var length = Math.Min(_random.Next(1, 4000), payload.Length - start);
            result = await queue.Fragments.SendAsync(opcode, payload.AsMemory(start, length), isFinal: start + length == payload.Length);
            opcode = Opcode.Continuation;
            start += length;
        }

        Note(number, payload, Of(result));
    }

    private async Task SendAndGiveUpAsync()
    {
        var (number, payload) = Next();
        using var cancellation = new CancellationTokenSource();
        var sending = queue.Messages.SendAsync(Opcode.Binary, new ReadOnlySequence<byte>(payload), cancellation.Token).AsTask();
        await cancellation.CancelAsync();
        await sending.ContinueWith(static _ => { }, TaskScheduler.Default);
        Note(number, payload, sending.IsCanceled ? Told.Cancelled : Of(sending.Result));
    }

    private (int Number, byte[] Payload) Next()
    {
        var length = _random.Next(12) switch { 0 => _random.Next(60_000, 200_000), < 4 => _random.Next(1000, 6000), _ => _random.Next(16, 200) };
        return (_number, SendRecord.Payload(sender, _number++, length));
    }

    private void Note(int number, byte[] payload, Told told) => _records.Add(new SendRecord(sender, number, payload.Length, told));

    private static Told Of(SendResult result) => result == SendResult.Sent ? Told.Sent : Told.Closed;
}
