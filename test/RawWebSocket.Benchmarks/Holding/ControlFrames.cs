namespace RawWebSocket.Benchmarks.Holding;

/// <summary>
/// What an idle server says, and what it is answered. A control frame is so short that it comes whole; one that does not is an error.
/// </summary>
internal static class ControlFrames
{
    private const int HeaderSize = 2;
    private const int KeySize = 4;
    private const int LongestPayload = 125;
    private const byte Ping = 0x89;
    private const byte Pong = 0x8A;
    private const byte Close = 0x88;
    private const byte Masked = 0x80;

    public const int LongestAnswer = HeaderSize + KeySize + LongestPayload;

    public static bool IsClose(ReadOnlySpan<byte> frame) => frame[0] == Close;

    /// <summary>The length of the first frame, header and all.</summary>
    /// <exception cref="InvalidDataException">It is neither a ping nor a close, or not all of it is there.</exception>
    public static int LengthOf(ReadOnlySpan<byte> frames) =>
        frames is [Ping or Close, <= LongestPayload and var length, ..] && frames.Length >= HeaderSize + length
            ? HeaderSize + length
            : throw new InvalidDataException($"An idle server sent: {Convert.ToHexString(frames[..Math.Min(16, frames.Length)])}");

    /// <summary>Answers a ping, with a key of zeros, which leaves the payload as it is.</summary>
    /// <returns>The answer's length.</returns>
    public static int WritePong(ReadOnlySpan<byte> ping, Span<byte> answer)
    {
        var payload = ping[HeaderSize..];
        answer[0] = Pong;
        answer[1] = (byte)(Masked | payload.Length);
        answer.Slice(HeaderSize, KeySize).Clear();
        payload.CopyTo(answer[(HeaderSize + KeySize)..]);
        return HeaderSize + KeySize + payload.Length;
    }
}
