namespace RawWebSocket.Transport.Tests.Kit;

/// <summary>What Kestrel runs on.</summary>
public enum TransportKind
{
    /// <summary>Kestrel's own sockets: what a test says has to be true of them too.</summary>
    Sockets,

    /// <summary>Ours, with the thread pool.</summary>
    Epoll,

    /// <summary>Ours, inline on the loop's thread.</summary>
    EpollInline,
}
