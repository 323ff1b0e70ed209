namespace RawWebSocket.Connections;

/// <summary>How what has been written leaves, where there is a choice.</summary>
internal enum Leave
{
    /// <summary>By this thread, straight through the socket.</summary>
    AtOnce,

    /// <summary>Through the server's queue, with what else goes there.</summary>
    WithOthers,
}
