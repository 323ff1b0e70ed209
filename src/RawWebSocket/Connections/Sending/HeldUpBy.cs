namespace RawWebSocket.Connections.Sending;

/// <summary>What the messages of a full queue wait for.</summary>
internal enum HeldUpBy
{
    /// <summary>The peer, which does not read as fast as it is sent to.</summary>
    Peer,

    /// <summary>A message in fragments, whose next one the application has not made yet.</summary>
    Application,
}
