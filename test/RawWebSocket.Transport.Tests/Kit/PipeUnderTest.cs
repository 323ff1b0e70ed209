using System.Buffers;
using System.IO.Pipelines;
using RawWebSocket.Transport.Input;

namespace RawWebSocket.Transport.Tests.Kit;

/// <summary>The framework's own pipe, or ours, so that a test can say that both behave alike.</summary>
public enum PipeKind
{
    Framework,
    Ours,
    OursInline,
}

/// <summary>A reader and whoever fills it.</summary>
internal sealed class PipeUnderTest : IReceiver
{
    public const int Limit = 100;
    private readonly Pipe? _pipe;
    private readonly SocketInput? _input;
    private readonly ReceiveBlocks _blocks = new(4096);

    public PipeUnderTest(PipeKind kind)
    {
        RunsInline = kind == PipeKind.OursInline;
        if (kind == PipeKind.Framework)
        {
            _pipe = new Pipe(new PipeOptions(pauseWriterThreshold: Limit, resumeWriterThreshold: Limit / 2));
            Reader = _pipe.Reader;
        }
        else
        {
            _input = new SocketInput(this, MemoryPool<byte>.Shared, Limit);
            Reader = _input;
        }
    }

    public PipeReader Reader { get; }

    public bool RunsInline { get; }

    public int Resumed { get; private set; }

    public bool IsReaderCompleted { get; private set; }

    /// <summary>How many bytes may be received now, of ours.</summary>
    public int Allowance => _input!.Allowance(int.MaxValue);

    public void Bring(params ReadOnlySpan<byte> bytes)
    {
        if (_pipe is not null)
        {
            _pipe.Writer.Write(bytes);
            _ = _pipe.Writer.FlushAsync().AsTask();
            return;
        }

        bytes.CopyTo(_blocks.Current.Bytes);
        _input!.Deliver(_blocks, bytes.Length);
    }

    public void End(Exception? exception = null)
    {
        _pipe?.Writer.Complete(exception);
        if (exception is null)
        {
            _input?.Finish();
        }
        else
        {
            _input?.Fail(exception);
        }
    }

    /// <summary>Of ours: this side drops the connection.</summary>
    public void Abort(Exception reason) => _input!.Break(reason);

    public void RunOnPool(IThreadPoolWorkItem item) => ThreadPool.UnsafeQueueUserWorkItem(item, preferLocal: false);

    public void Resume() => Resumed++;

    public void OnReaderCompleted() => IsReaderCompleted = true;
}

/// <summary>Runs a theory on the framework's pipe and on ours.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class AllPipesAttribute : Xunit.Sdk.DataAttribute
{
    public override IEnumerable<object[]> GetData(System.Reflection.MethodInfo testMethod) =>
        [[PipeKind.Framework], [PipeKind.Ours], [PipeKind.OursInline]];
}
