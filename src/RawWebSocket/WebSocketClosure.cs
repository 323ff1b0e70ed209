using System.Net.WebSockets;

namespace RawWebSocket;

/// <summary>Who ended a connection.</summary>
public enum ClosedBy
{
    /// <summary>The peer sent the first close frame.</summary>
    Peer,

    /// <summary>This side sent the first close frame, for the application, for a fault of the peer, or because the host stops.</summary>
    Server,

    /// <summary>No closing handshake: the transport ended under the connection, or was aborted, or the peer fell silent.</summary>
    Transport,
}

/// <summary>How a connection ended (RFC 6455 section 7.1.5 and 7.1.6).</summary>
/// <param name="Code">
/// The first close frame's code; 1005 (<see cref="WebSocketCloseStatus.Empty"/>) when it carried none, and
/// 1006 (<see cref="Abnormal"/>) when there was no close frame. Codes without a name in the enum are cast from their number.
/// </param>
/// <param name="Reason">The first close frame's reason, or this side's own words for an abnormal end; never null.</param>
/// <param name="By">Who ended it.</param>
public sealed record WebSocketClosure(WebSocketCloseStatus Code, string Reason, ClosedBy By)
{
    /// <summary>1006: the connection ended without a close frame (RFC 6455 section 7.4.1). Never sent.</summary>
    public const WebSocketCloseStatus Abnormal = (WebSocketCloseStatus)1006;

    /// <summary>True when both sides' close frames were exchanged, or ours was sent for a fault of the peer.</summary>
    public bool WasClean => By != ClosedBy.Transport;
}
