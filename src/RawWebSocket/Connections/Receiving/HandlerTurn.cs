namespace RawWebSocket.Connections.Receiving;

/// <summary>What a handler does next that has dealt with what it was given.</summary>
internal enum HandlerTurn
{
    /// <summary>It waits; whoever has something for it gives it or resumes it.</summary>
    Waits,

    /// <summary>It takes what is there.</summary>
    Takes,

    /// <summary>It ends: nothing more will come.</summary>
    Ends,
}
