using System.Buffers;
using System.Collections.Concurrent;
using System.IO.Compression;
using System.IO.Pipelines;
using System.Net.WebSockets;
using RawWebSocket.Compression;
using RawWebSocket.Connections;
using RawWebSocket.Protocol;

namespace RawWebSocket.Tests.Connections.Stress;

/// <summary>
/// The send queue under stress: how it is made, what is asked of it, and what it tells. Of the stress tests only this file knows by what
/// names it does that.
/// </summary>
internal sealed class StressQueue : ISendQueueObserver
{
    // Small, so that there are both connections that keep a compressor and some that find none.
    private static readonly ZlibPools Zlib = new(maxAttached: 1);
    private static readonly DeflateSettings Settings = new(CompressionLevel.Fastest, WindowBits: 15, MemoryLevel: 8);

    private readonly MemoryAccount _memory = new(new MemoryBudget(long.MaxValue));
    private readonly ConcurrentQueue<Exception> _failures = [];
    private readonly StressTerms _terms;
    private readonly SendQueue _queue;
    private volatile bool _isLost;
    private int _overflows;

    private StressQueue(PipeWriter output, StressTerms terms)
    {
        _terms = terms;
        OutgoingCompression? compression = terms.Compression switch
        {
            StressCompression.EachAlone => new SharedCompression(Zlib, Settings) { MinimumSize = terms.LeastCompressed },
            StressCompression.WithContext =>
                new DedicatedCompression(Zlib, Settings, _memory, TimeProvider.System) { MinimumSize = terms.LeastCompressed },
            _ => null,
        };
        _queue = new SendQueue(output, this, compression);
    }

    /// <summary>What memory is charged for, of the connection and of all.</summary>
    public long Held => Math.Max(Math.Abs(_memory.Held), Math.Abs(_memory.Budget.Held));

    public long BufferedBytes => _queue.BufferedBytes;

    public long BytesTold { get; private set; }

    public int MessagesTold { get; private set; }

    /// <summary>Posts that were taken and then dropped.</summary>
    public int DroppedLater { get; private set; }

    /// <summary>Posts that were not taken.</summary>
    public int DroppedAtOnce { get; private set; }

    /// <summary>How often it was told that nothing more can be sent.</summary>
    public int FailuresTold => _failures.Count + (_isLost ? 1 : 0);

    public int Overflows => Volatile.Read(ref _overflows);

    IMemoryAccount ISendQueueObserver.Memory => _memory;

    QueueMarks ISendQueueObserver.Marks => new(_terms.High, _terms.Low, _terms.Policy);

    int ISendQueueObserver.LongWrite => _terms.LongWrite;

    bool ISendQueueObserver.SendsInline => false;

    bool ISendQueueObserver.IsLost => _isLost;

    /// <summary>The only place where a queue is made.</summary>
    public static StressQueue Over(PipeWriter output, StressTerms terms) => new(output, terms);

    public Task<SendResult> SendAsync(
        Opcode opcode, ReadOnlySequence<byte> payload, MessageCompression compression, CancellationToken cancellationToken) =>
        _queue.SendAsync(opcode, payload, cancellationToken, compression).AsTask();

    public PostResult Post(Opcode opcode, byte[] payload, string? key) => _queue.Post(opcode, payload, key);

    /// <summary>Posts it as a broadcast does, for which it may have been compressed already.</summary>
    public PostResult PostBroadcast(byte[] payload, string? key) => _queue.Post(Broadcast.Binary(payload).For(_queue.Compression), key);

    public void SendPing(byte[] payload) => _queue.SendPing(payload);

    public void SendPong(byte[] payload) => _queue.SendPong(payload);

    public Task<SendResult> BeginMessageAsync(CancellationToken cancellationToken) => _queue.BeginMessageAsync(cancellationToken).AsTask();

    public Task<SendResult> SendFragmentAsync(Opcode opcode, ReadOnlyMemory<byte> payload, bool isFinal, MessageCompression compression) =>
        _queue.SendFragmentAsync(opcode, payload, isFinal, compression).AsTask();

    public void AbandonMessage() => _queue.AbandonMessage();

    public void BeginBatch() => _queue.BeginBatch();

    public void EndBatch() => _queue.EndBatch();

    public Task<bool> DrainedAsync(CancellationToken cancellationToken) => _queue.DrainedAsync(cancellationToken).AsTask();

    /// <summary>Closes, and finishes first what has been sent before.</summary>
    public Task<SendResult> CloseAsync(int code) => _queue.CloseAsync(PayloadOf(code), StreamedMessage.IsFinished);

    /// <summary>Closes, and leaves a message in fragments as it is.</summary>
    public Task<SendResult> CloseInterruptingAsync(int code) => _queue.CloseAsync(PayloadOf(code), StreamedMessage.IsInterrupted);

    /// <summary>Lets a close frame that waits be the next.</summary>
    public void HurryClose() => _queue.DropWhatClosingWaitsFor();

    public Task StopAsync() => _queue.StopAsync();

    public void Abandon() => _queue.Abandon();

    public void EndCompression() => _queue.EndCompression();

    /// <summary>What others ask now and then while it is used: clocks, keep-alive, whoever sheds memory.</summary>
    public void Look()
    {
        _queue.BufferedBytes.ShouldBeGreaterThanOrEqualTo(0);
        _queue.SharedBytes.ShouldBeGreaterThanOrEqualTo(0);
        _queue.UnderWay.Bytes.ShouldBeGreaterThanOrEqualTo(0);
        _ = _queue.AwaitsFragment;
        _ = _queue.HasClose;
        _ = _queue.WrittenClose;
        _ = _queue.IsBatching;
        _queue.Trim();
    }

    void ISendQueueObserver.OnSent(long bytes, int messages)
    {
        BytesTold += bytes;
        MessagesTold += messages;
    }

    void ISendQueueObserver.OnPartSent()
    {
    }

    void ISendQueueObserver.OnTooMuchQueued()
    {
    }

    void ISendQueueObserver.OnMessageDropped(string reason)
    {
        if (reason == DropReason.Newest)
        {
            DroppedAtOnce++;
        }
        else
        {
            DroppedLater++;
        }
    }

    void ISendQueueObserver.OnSendQueueOverflow(HeldUpBy heldUpBy) => Interlocked.Increment(ref _overflows);

    void ISendQueueObserver.OnWriteFailed(Exception exception) => _failures.Enqueue(exception);

    void ISendQueueObserver.OnTransportLost() => _isLost = true;

    private static ClosePayload PayloadOf(int code) => new((WebSocketCloseStatus)code, "the end");
}
