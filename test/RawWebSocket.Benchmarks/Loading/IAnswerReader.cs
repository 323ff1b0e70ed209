namespace RawWebSocket.Benchmarks.Loading;

/// <summary>Reads what a server sends on one connection, in whatever pieces it comes, and compares it with what it must be.</summary>
internal interface IAnswerReader
{
    /// <summary>How many answers end in these bytes.</summary>
    /// <exception cref="InvalidDataException">They are not what they must be.</exception>
    int Read(ReadOnlySpan<byte> bytes);
}
