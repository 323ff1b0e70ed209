using System.IO.Pipelines;
using System.Runtime.CompilerServices;

namespace RawWebSocket.Connections.Direct;

/// <summary>
/// Tells whether everything that was flushed into a pipe has left it. The runtime's pipe counts that and does not say, so its own count is
/// looked at. A runtime whose pipes count differently is found out before the first use, and then nobody relies on it.
/// </summary>
/// <remarks>
/// Bytes leave the count when the reader says that it has examined them. Kestrel's does that once the socket has taken or refused them; so
/// when the pipe is empty for the only one who writes to it, nothing of what was written is still on its way to the socket.
/// </remarks>
internal static class PipeContent
{
    private const string DefaultWriter = "System.IO.Pipelines.Pipe+DefaultPipeWriter, System.IO.Pipelines";

    private static readonly Type WriterType = new Pipe().Writer.GetType();

    private static readonly bool IsKnown = CountsAsExpected();

    /// <summary>Whether it is the writer of a pipe whose count can be read.</summary>
    public static bool IsReadable(PipeWriter writer) => IsKnown && writer.GetType() == WriterType;

    /// <summary>Whether the reader has examined all that was flushed; what has been written since is not looked at.</summary>
    /// <param name="writer">One that <see cref="IsReadable"/>.</param>
    public static bool IsEmpty(PipeWriter writer) => Volatile.Read(ref UnconsumedBytesOf(PipeOf(writer))) == 0;

    private static bool CountsAsExpected()
    {
        try
        {
            return WriterType == Type.GetType(DefaultWriter) && CountsAsExpected(new Pipe());
        }
        catch (Exception)
        {
            // Whatever another version of the runtime makes of it.
            return false;
        }
    }

    // Written, flushed, half read, read.
    private static bool CountsAsExpected(Pipe pipe)
    {
        pipe.Writer.GetSpan(2);
        pipe.Writer.Advance(2);
        return IsEmpty(pipe.Writer)
            && HasEnded(pipe.Writer.FlushAsync()) && !IsEmpty(pipe.Writer)
            && TryRead(pipe.Reader, 1) && !IsEmpty(pipe.Writer)
            && TryRead(pipe.Reader, 1) && IsEmpty(pipe.Writer);
    }

    private static bool HasEnded(ValueTask<FlushResult> flush) => flush.IsCompletedSuccessfully;

    private static bool TryRead(PipeReader reader, int bytes)
    {
        if (!reader.TryRead(out var result))
        {
            return false;
        }

        reader.AdvanceTo(result.Buffer.GetPosition(bytes));
        return true;
    }

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_pipe")]
    private static extern ref Pipe PipeOf([UnsafeAccessorType(DefaultWriter)] object writer);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_unconsumedBytes")]
    private static extern ref long UnconsumedBytesOf(Pipe pipe);
}
