namespace RawWebSocket.Benchmarks.Loading;

/// <summary>What the messages are.</summary>
public enum PayloadKind
{
    Binary,

    /// <summary>Text of which most characters take two to four bytes.</summary>
    Text,

    /// <summary>Text that is JSON, as an application would send it.</summary>
    Json,

    /// <summary>The same, every message another for as long as a window remembers.</summary>
    JsonSeries,
}
