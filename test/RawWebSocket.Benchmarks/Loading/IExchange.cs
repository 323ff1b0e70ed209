namespace RawWebSocket.Benchmarks.Loading;

/// <summary>What each connection of a load says again and again, made beforehand, and how it is answered.</summary>
internal interface IExchange
{
    /// <summary>The messages, one behind the other, and then from the beginning.</summary>
    byte[] Bytes { get; }

    /// <summary>Their lengths, framing and all.</summary>
    IReadOnlyList<int> Sizes { get; }

    /// <summary>Reads the answers of one connection.</summary>
    IAnswerReader CreateReader();
}
