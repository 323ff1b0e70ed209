using System.Buffers;
using System.Collections.Concurrent;
using System.IO.Compression;
using System.IO.Pipelines;
using System.Net.WebSockets;
using RawWebSocket.Compression;
using RawWebSocket.Connections.Sending;
using RawWebSocket.Connections.Transports;
using RawWebSocket.Protocol;

namespace RawWebSocket.Tests.Connections.Stress;

/// <summary>
/// The send queue under stress: how it is made, what is asked of it, and what it tells. Of the stress tests only this file knows by what
/// names it does that.
/// </summary>
internal sealed class StressQueue : ISendTally, IOutputOwner
{
    // Small, so that there are both connections that keep a compressor and some that find none.
    private static readonly ZlibPools Zlib = new(maxAttached: 1);
    private static readonly DeflateSettings Settings = new(CompressionLevel.Fastest, WindowBits: 15, MemoryLevel: 8);

    private readonly MemoryAccount _memory = new(new MemoryBudget(long.MaxValue));
    private readonly ConcurrentQueue<Exception> _failures = [];
    private readonly SendQueue _queue;
    private volatile bool _isLost;
    private int _overflows;

    private StressQueue(PipeWriter output, StressTerms terms)
    {
        OutgoingCompression? compression = terms.Compression switch
        {
            StressCompression.EachAlone => new SharedCompression(Zlib, Settings) { MinimumSize = terms.LeastCompressed },
            StressCompression.WithContext =>
                new DedicatedCompression(Zlib, Settings, _memory, TimeProvider.System) { MinimumSize = terms.LeastCompressed },
            _ => null,
        };
        _queue = new SendQueue(
            output, new SendTerms(terms.High, terms.Low, terms.Policy, terms.LongWrite), _memory, tally: this, owner: this, compression);
    }

    /// <summary>What memory is charged for, of the connection and of all.</summary>
    public long Held => Math.Max(Math.Abs(_memory.Held), Math.Abs(_memory.Budget.Held));

    public long BufferedBytes => _queue.Drainage.BufferedBytes;

    public long BytesTold { get; private set; }

    public int MessagesTold { get; private set; }

    /// <summary>Posts that were taken and then dropped.</summary>
    public int DroppedLater { get; private set; }

    /// <summary>Posts that were not taken.</summary>
    public int DroppedAtOnce { get; private set; }

    /// <summary>How often it was told that nothing more can be sent.</summary>
    public int FailuresTold => _failures.Count + (_isLost ? 1 : 0);

    public int Overflows => Volatile.Read(ref _overflows);

    bool IOutputOwner.IsLost => _isLost;

    /// <summary>The only place where a queue is made.</summary>
    public static StressQueue Over(PipeWriter output, StressTerms terms) => new(output, terms);

    public Task<SendResult> SendAsync(
        Opcode opcode, ReadOnlySequence<byte> payload, MessageCompression compression, CancellationToken cancellationToken) =>
        _queue.Messages.SendAsync(opcode, payload, cancellationToken, compression).AsTask();

    public PostResult Post(Opcode opcode, byte[] payload, string? key) => _queue.Messages.Post(opcode, payload, key);

    /// <summary>Posts it as a broadcast does, for which it may have been compressed already.</summary>
    public PostResult PostBroadcast(byte[] payload, string? key) =>
        _queue.Messages.Post(Broadcast.Binary(payload).For(_queue.Compression), key);

    public void SendPing(byte[] payload) => _queue.Controls.SendPing(payload);

    public void SendPong(byte[] payload) => _queue.Controls.SendPong(payload);

    public Task<SendResult> BeginMessageAsync(CancellationToken cancellationToken) =>
        _queue.Fragments.BeginAsync(cancellationToken).AsTask();

    public Task<SendResult> SendFragmentAsync(Opcode opcode, ReadOnlyMemory<byte> payload, bool isFinal, MessageCompression compression) =>
        _queue.Fragments.SendAsync(opcode, payload, isFinal, compression).AsTask();

    public void AbandonMessage() => _queue.Fragments.Abandon();

    public void BeginBatch() => _queue.BeginBatch();

    public void EndBatch() => _queue.EndBatch();

    public Task<bool> DrainedAsync(CancellationToken cancellationToken) => _queue.Drainage.WaitAsync(cancellationToken).AsTask();

    /// <summary>Closes, and finishes first what has been sent before.</summary>
    public Task<SendResult> CloseAsync(int code) => _queue.Controls.CloseAsync(PayloadOf(code), StreamedMessage.IsFinished);

    /// <summary>Closes, and leaves a message in fragments as it is.</summary>
    public Task<SendResult> CloseInterruptingAsync(int code) => _queue.Controls.CloseAsync(PayloadOf(code), StreamedMessage.IsInterrupted);

    /// <summary>Lets a close frame that waits be the next.</summary>
    public void HurryClose() => _queue.Controls.HurryClose();

    public Task StopAsync() => _queue.StopAsync();

    public void Abandon() => _queue.Abandon();

    public void EndCompression() => _queue.Compression?.Release();

    /// <summary>What others ask now and then while it is used: clocks, keep-alive, whoever sheds memory.</summary>
    public void Look()
    {
        _queue.Drainage.BufferedBytes.ShouldBeGreaterThanOrEqualTo(0);
        _queue.SharedBytes.ShouldBeGreaterThanOrEqualTo(0);
        _queue.UnderWay.Bytes.ShouldBeGreaterThanOrEqualTo(0);
        _ = _queue.Fragments.AreAwaited;
        _ = _queue.Controls.HasClose;
        _ = _queue.Controls.WrittenClose;
        _ = _queue.IsBatching;
        _queue.Trim();
    }

    void ISendTally.OnSent(long bytes, int messages)
    {
        BytesTold += bytes;
        MessagesTold += messages;
    }

    void ISendTally.OnPartSent()
    {
    }

    void ISendTally.OnTooMuchQueued()
    {
    }

    void ISendTally.OnMessageDropped(string reason)
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

    void IOutputOwner.OnSendQueueOverflow(HeldUpBy heldUpBy) => Interlocked.Increment(ref _overflows);

    void IOutputOwner.OnWriteFailed(Exception exception) => _failures.Enqueue(exception);

    void IOutputOwner.OnTransportLost() => _isLost = true;

    void IOutputOwner.OnFlushFailed(Exception exception)
    {
        if (_isLost || Transport.IsDisconnect(exception))
        {
            _isLost = true;
        }
        else
        {
            _failures.Enqueue(exception);
        }
    }

    private static ClosePayload PayloadOf(int code) => new((WebSocketCloseStatus)code, "the end");
}
