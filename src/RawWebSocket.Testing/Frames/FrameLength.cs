namespace RawWebSocket.Testing.Frames;

/// <summary>RFC 6455 section 5.2: "the minimal number of bytes MUST be used to encode the length".</summary>
internal static class FrameLength
{
    public static FrameLengthEncoding Shortest(ulong length) => length switch
    {
        <= 125 => FrameLengthEncoding.SevenBits,
        <= ushort.MaxValue => FrameLengthEncoding.SixteenBits,
        _ => FrameLengthEncoding.SixtyFourBits,
    };
}
