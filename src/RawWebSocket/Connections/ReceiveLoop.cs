using System.Buffers;
using System.IO.Pipelines;
using RawWebSocket.Protocol;

namespace RawWebSocket.Connections;

/// <summary>
/// Reads the transport from the opening handshake to the end. All that one read brought is dealt with, and answered with one flush,
/// before the next read; the application runs in between, on this thread, as far as it goes without waiting.
/// </summary>
internal sealed class ReceiveLoop(
    PipeReader input,
    MessageDecoder decoder,
    ReceiveQueue received,
    SendQueue sends,
    Signal changed,
    IReceiveObserver observer,
    long aheadBytes)
{
    // While closing, so much of what is discarded may pile up behind a message that the application has not let go of.
    private const long DiscardAhead = 1024 * 1024;

    // Frames that have arrived were left for want of room. Not the same as being full: the application may have made room since, and
    // a read would then wait for bytes that the peer has no reason to send.
    private bool _leftUnread;

    private volatile bool _isHeldBack;
    private volatile bool _holdsInput;

    /// <summary>Whether reading waits for the application, so that the peer's silence says nothing about the peer.</summary>
    public bool IsHeldBack => _isHeldBack;

    /// <summary>Whether the last read's memory was kept, because the application was looking at it.</summary>
    public bool HoldsInput => _holdsInput;

    /// <summary>Ends with the peer's close frame or fault, or with null when the transport ended without either.</summary>
    public async Task<Incoming?> RunAsync()
    {
        var passed = 0L;
        var known = 0L;
        while (true)
        {
            var result = await input.ReadAsync().ConfigureAwait(false);
            var buffer = result.Buffer;
            observer.OnReceived(buffer.Length - known);

            var unread = buffer.Slice(passed);
            var last = ReadFrames(ref unread);
            while (last is null && MustWait(buffer.Length - unread.Length))
            {
                await changed.WaitAsync().ConfigureAwait(false);
                last = ReadFrames(ref unread);
            }

            // Payloads are used where they lie, so what the application still looks at is passed, but not given back yet.
            _holdsInput = received.HoldsInput;
            passed = _holdsInput ? buffer.Length - unread.Length : 0;
            known = passed + unread.Length;
            input.AdvanceTo(_holdsInput ? buffer.Start : unread.Start, buffer.End);
            if (last is not null || result.IsCompleted || observer.IsAborted)
            {
                return last;
            }
        }
    }

    // Synchronous: a batch belongs to one thread.
    private Incoming? ReadFrames(ref ReadOnlySequence<byte> unread)
    {
        sends.BeginBatch();
        try
        {
            while (HasRoom() && TryDecode(ref unread, out var incoming))
            {
                if (incoming.Kind is IncomingKind.Message or IncomingKind.Piece)
                {
                    observer.OnMessageReceived(incoming);
                    received.Add(incoming);
                    continue;
                }

                // What came before a control frame is answered before it.
                received.Wake();
                if (incoming.Kind is IncomingKind.Close or IncomingKind.Fault)
                {
                    return incoming;
                }

                observer.OnPingOrPong(incoming);
            }

            received.Wake();
            return null;
        }
        finally
        {
            sends.EndBatch();
        }
    }

    private bool TryDecode(ref ReadOnlySequence<byte> unread, out Incoming incoming)
    {
        bool asked;
        do
        {
            asked = decoder.AwaitsDecision;
            var streamLimit = long.MaxValue;
            decoder.Delivery = sends.HasClose ? Delivery.Discarded : received.DecideDelivery(asked, out streamLimit);
            decoder.MaxStreamedLength = streamLimit;
            var grantsStream = decoder.Delivery == Delivery.Streamed;
            var decoded = decoder.TryRead(ref unread, out incoming);
            if (grantsStream && incoming.Kind != IncomingKind.Piece)
            {
                received.WithdrawStream();
            }

            if (decoded)
            {
                return true;
            }
        }
        while (decoder.AwaitsDecision && !asked);
        return false;
    }

    // What comes after this side's close is discarded, so it needs no room: the peer's close frame may be behind it.
    private bool IsFull => received.WaitingBytes >= aheadBytes && !sends.HasClose;

    private bool HasRoom()
    {
        if (IsFull)
        {
            received.Wake();
        }

        _leftUnread = IsFull;
        return !_leftUnread;
    }

    // The application is behind: it has as much waiting as it may, or it has not said how it wants the message that begins.
    private bool MustWait(long passed)
    {
        var mayHold = sends.HasClose ? DiscardAhead : aheadBytes;
        return _isHeldBack = !observer.IsAborted
            && (_leftUnread
                || decoder.AwaitsDecision
                || (received.HoldsInput && passed - received.InPlaceBytes >= mayHold));
    }
}
