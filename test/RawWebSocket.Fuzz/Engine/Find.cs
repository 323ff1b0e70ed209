using System.Diagnostics;

namespace RawWebSocket.Fuzz.Engine;

/// <summary>An input that broke a rule, made as small as could be.</summary>
internal sealed class Find(FuzzTarget target, string signature, byte[] input, Exception exception)
{
    public FuzzTarget Target { get; } = target;

    /// <summary>What tells this find from others.</summary>
    public string Signature { get; } = signature;

    public byte[] Input { get; } = input;

    public Exception Exception { get; } = exception;

    /// <summary>How many inputs broke the same rule.</summary>
    public int Count { get; set; } = 1;

    /// <summary>The rule that was broken; or the exception that nobody expected, and where it came from.</summary>
    public static string SignatureOf(Exception exception) => exception is InvariantException { Invariant: var invariant }
        ? invariant
        : $"{exception.GetType().Name} in {Origin(exception)}";

    private static string Origin(Exception exception)
    {
        var frames = new StackTrace(exception).GetFrames();
        var own = frames.FirstOrDefault(static frame => NameOf(frame)?.StartsWith("RawWebSocket.", StringComparison.Ordinal) == true);
        return own is null ? "foreign code" : $"{NameOf(own)}.{DiagnosticMethodInfo.Create(own)?.Name}";
    }

    private static string? NameOf(StackFrame frame) => DiagnosticMethodInfo.Create(frame)?.DeclaringTypeName;
}
