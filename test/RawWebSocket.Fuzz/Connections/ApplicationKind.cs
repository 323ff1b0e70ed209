namespace RawWebSocket.Fuzz.Connections;

/// <summary>What the application does with its connection.</summary>
internal enum ApplicationKind
{
    /// <summary>A handler that sends back what comes.</summary>
    EchoHandler,

    /// <summary>A delegate that does the same, message by message.</summary>
    EchoLoop,

    /// <summary>A delegate that sends every message back as a stream while it comes.</summary>
    StreamEcho,

    /// <summary>Whole messages, streams, streams with a limit and streams that are dropped half-way, in turns.</summary>
    Mixed,

    /// <summary>Receives nothing, for some minutes.</summary>
    Deaf,

    /// <summary>Closes after some messages, and goes on receiving.</summary>
    Closer,

    /// <summary>A handler that is busy for some seconds with each message.</summary>
    BusyHandler,

    /// <summary>A handler that throws.</summary>
    Thrower,

    /// <summary>Aborts after some messages.</summary>
    Aborter,

    /// <summary>A handler that sends pings of its own, and answers those of the peer as it likes.</summary>
    Pinger,

    /// <summary>Posts every message back, some with a key, and waits now and then until the peer has read.</summary>
    Poster,

    /// <summary>Returns after some messages.</summary>
    Leaver,

    /// <summary>Sends from a source that breaks.</summary>
    BrokenSource,

    /// <summary>Throws its messages away, at once or after some.</summary>
    Discarder,

    /// <summary>Gives up receives and sends by their tokens.</summary>
    Canceller,

    /// <summary>An echo handler that goes to another thread before it answers.</summary>
    YieldingHandler,

    /// <summary>An echo delegate that does the same.</summary>
    YieldingLoop,
}
