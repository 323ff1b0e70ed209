namespace RawWebSocket;

/// <summary>The limits that can end or slow down a connection; each names its option.</summary>
public enum WebSocketLimit
{
    /// <summary><see cref="RawWebSocketOptions.MaxMessageSize"/>, or the length a streamed receive allowed.</summary>
    MessageSize,

    /// <summary><see cref="RawWebSocketCompressionOptions.MaxRatio"/>.</summary>
    CompressionRatio,

    /// <summary><see cref="RawWebSocketOptions.MaxFragmentsPerMessage"/>.</summary>
    Fragments,

    /// <summary><see cref="RawWebSocketOptions.MessageTimeout"/>.</summary>
    MessageTime,

    /// <summary><see cref="RawWebSocketOptions.MaxControlFramesPerSecond"/>.</summary>
    ControlFrameRate,

    /// <summary><see cref="RawWebSocketOptions.MaxMessagesPerSecond"/> or <see cref="RawWebSocketOptions.MessageRateLimiter"/>.</summary>
    MessageRate,

    /// <summary><see cref="RawWebSocketOptions.MaxBytesPerSecond"/> or <see cref="RawWebSocketOptions.ByteRateLimiter"/>.</summary>
    ByteRate,

    /// <summary><see cref="RawWebSocketOptions.MaxQueuedBytes"/>.</summary>
    QueuedBytes,

    /// <summary><see cref="RawWebSocketOptions.SendTimeout"/>.</summary>
    SendTime,

    /// <summary><see cref="RawWebSocketOptions.KeepAliveTimeout"/>.</summary>
    KeepAlive,

    /// <summary><see cref="RawWebSocketOptions.CloseTimeout"/>.</summary>
    CloseTime,

    /// <summary><see cref="RawWebSocketOptions.IdleTimeout"/>.</summary>
    IdleTime,

    /// <summary><see cref="RawWebSocketOptions.MaxLifetime"/>.</summary>
    Lifetime,

    /// <summary><see cref="RawWebSocketOptions.CloseOnAuthenticationExpiration"/>.</summary>
    Authentication,

    /// <summary><see cref="RawWebSocketServerOptions.MemoryBudget"/> or <see cref="RawWebSocketServerOptions.TransportBudget"/>.</summary>
    Memory,

    /// <summary>The host's own time to stop in; see <see cref="RawWebSocketServerOptions.ShutdownSpread"/>.</summary>
    Shutdown,
}
