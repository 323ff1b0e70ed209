namespace RawWebSocket.Benchmarks.Loading;

/// <summary>What the load does with its connections.</summary>
internal enum LoadMode
{
    /// <summary>Each keeps some messages in flight; an echo that has come back whole sends the next.</summary>
    Echo,

    /// <summary>Each sends a request of HTTP, and when it is answered the next.</summary>
    Get,

    /// <summary>The first sends a message; when all have received it, the next.</summary>
    Broadcast,

    /// <summary>Each sends a message, is sent many, and when it has them all, sends the next.</summary>
    Burst,

    /// <summary>All are opened, and nothing is sent.</summary>
    Idle,

    /// <summary>All are opened, each has one message echoed, and then nothing more is sent.</summary>
    Spoken,

    /// <summary>All are opened as fast as the server lets them.</summary>
    Storm,
}
