using System.Buffers;
using System.IO.Pipelines;

namespace RawWebSocket.Tests.Connections.Stress;

/// <summary>A pipe that holds its writer up when little lies unread, as Kestrel's does.</summary>
internal sealed class PipePair : StressPair
{
    private readonly Pipe _pipe;
    private volatile bool _hasEnded;
    private volatile bool _hasLeft;

    public PipePair(Random random)
        : base(random)
    {
        var pause = random.Next(3) switch { 0 => 1, 1 => random.Next(100, 5000), _ => random.Next(5000, 50_000) };
        _pipe = new Pipe(new PipeOptions(
            pauseWriterThreshold: pause,
            resumeWriterThreshold: Math.Max(1, pause / 2),
            useSynchronizationContext: false));
    }

    public override PipeWriter Output => _pipe.Writer;

    public override void Leave()
    {
        _hasLeft = true;
        _pipe.Reader.CancelPendingRead();
    }

    public override void Dispose()
    {
    }

    // Not by completing the writer: that would let out what has not been flushed.
    protected override void EndOutput()
    {
        _hasEnded = true;
        _pipe.Reader.CancelPendingRead();
    }

    protected override void ReadAll()
    {
        while (!_hasLeft && TryReadSome(out var read))
        {
            Take(read.Buffer);
            Pause();
        }

        _pipe.Reader.Complete();
    }

    // A cancelled read brings what there is. Once the output has ended there comes no more than that.
    private bool TryReadSome(out ReadResult read)
    {
        if (_pipe.Reader.TryRead(out read) && !(read.Buffer.IsEmpty && _hasEnded))
        {
            return true;
        }

        if (_hasEnded)
        {
            return false;
        }

        read = _pipe.Reader.ReadAsync().AsTask().GetAwaiter().GetResult();
        return true;
    }

    // Sometimes not all.
    private void Take(ReadOnlySequence<byte> buffer)
    {
        var length = Next(3) == 0 ? Next((int)Math.Min(buffer.Length, 10_000) + 1) : buffer.Length;
        foreach (var part in buffer.Slice(0, length))
        {
            Keep(part.Span);
        }

        _pipe.Reader.AdvanceTo(buffer.GetPosition(length));
    }
}
