using System.IO.Pipelines;
using RawWebSocket.Transport.Native;

namespace RawWebSocket.Transport.Connections;

// How the connection leaves Kestrel for an owner of its own.
internal sealed partial class EpollConnection : IConnectionHandOverFeature
{
    // Kestrel's, until it has disposed of the connection that it had to hand over.
    private LentReader? _lentInput;
    private LentWriter? _lentOutput;
    private int _isHandedOver;

    PipeReader IDuplexPipe.Input => _lentInput ?? LentReader.Dead;

    PipeWriter IDuplexPipe.Output => _lentOutput ?? LentWriter.Dead;

    /// <summary>The pipe to the socket itself.</summary>
    public (PipeReader Input, PipeWriter Output) Own => (_input, _output);

    /// <summary>Cancelled at the connection's end, whatever Kestrel has put into <see cref="ConnectionClosed"/>.</summary>
    public CancellationToken Closed => _closedSource.Token;

    /// <summary>What the peer's side has not acknowledged, and what the socket has not taken.</summary>
    public long? UntakenBytes => Ask(SocketCalls.UnsentBytes) is { } unsent ? unsent + _output.QueuedBytes : null;

    public bool HasUnreadInput => Ask(SocketCalls.UnreadBytes) > 0;

    private bool IsHandedOver => Volatile.Read(ref _isHandedOver) != 0;

    public IHandedOverConnection? TakeOver()
    {
        // Somebody has put a transport of his own in front of this one, such as TLS.
        if (!ReferenceEquals(Transport, this) || Volatile.Read(ref _isLost) != 0 || Interlocked.Exchange(ref _isHandedOver, 1) != 0)
        {
            return null;
        }

        // Kestrel's code may block; what the library runs is watched over.
        _runsInline |= _settings.Options.InlineScheduling;
        _lentInput!.TakeBack();
        _lentOutput!.TakeBack();
        _closedSource = new CancellationTokenSource();
        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref _isTold) != 0)
        {
            // Whoever told may have cancelled the one before.
            Cancel(_closedSource);
        }

        return new HandedOverConnection(this);
    }

    private long? Ask(Func<int, long?> question)
    {
        if (!_descriptor.TryUse())
        {
            return null;
        }

        try
        {
            return question(_descriptor.Number);
        }
        finally
        {
            _descriptor.Release();
        }
    }
}
