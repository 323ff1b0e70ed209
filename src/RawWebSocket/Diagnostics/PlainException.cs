namespace RawWebSocket.Diagnostics;

/// <summary>
/// Stands in a log for an exception whose message has control characters, because it quotes what a peer has sent: with the same type's name,
/// stack trace and inner exceptions, and a message on one line.
/// </summary>
internal sealed class PlainException : Exception
{
    private readonly string _type;
    private readonly Exception[] _others;

    private PlainException(Exception original)
        : base(Log.OneLine(original.Message), Of(original.InnerException))
    {
        _type = original.GetType().ToString();
        _others = original is AggregateException { InnerExceptions: var all } ? [.. all.Skip(1).Select(static inner => Of(inner)!)] : [];
        StackTrace = original.StackTrace;
        HResult = original.HResult;
    }

    public override string? StackTrace { get; }

    /// <summary>The exception itself when it is plain, as nearly all are.</summary>
    public static Exception? Of(Exception? exception) => exception is null || IsPlain(exception) ? exception : new PlainException(exception);

    public override string ToString()
    {
        var inner = InnerException is null ? "" : $"\n ---> {InnerException}\n   --- End of inner exception stack trace ---";
        var trace = StackTrace is null ? "" : $"\n{StackTrace}";
        return $"{_type}: {Message}{inner}{trace}{string.Concat(_others.Select(static other => $"\n ---> {other}"))}";
    }

    private static bool IsPlain(Exception exception) =>
        Log.IsOneLine(exception.Message)
        && (exception.InnerException is null || IsPlain(exception.InnerException))
        && (exception is not AggregateException { InnerExceptions: var all } || all.All(IsPlain));
}
