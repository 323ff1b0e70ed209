namespace RawWebSocket.Protocol;

/// <summary>Inflates one compressed message after the other (RFC 7692 section 7.2.2), into whatever room it is given.</summary>
internal interface IMessageInflater
{
    /// <summary>Inflates what there is of the message; the first of it begins it.</summary>
    InflateStatus Inflate(ReadOnlySpan<byte> input, Span<byte> output, out int consumed, out int written);

    /// <summary>All of the message has been given; called again for as long as the output is full.</summary>
    InflateStatus End(Span<byte> output, out int written);

    /// <summary>What it has cost besides the bytes that came out, as if so many more had come out.</summary>
    long Work { get; }

    /// <summary>Nothing more of this message, nor of any other, is wanted.</summary>
    void Stop();

    /// <summary>Whether a message has grown by more than is allowed.</summary>
    /// <param name="compressed">How many bytes of it have come.</param>
    /// <param name="inflated">How many they gave.</param>
    bool IsRatioTooHigh(long compressed, long inflated);
}
