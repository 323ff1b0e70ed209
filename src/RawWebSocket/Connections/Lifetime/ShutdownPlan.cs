using System.Net.WebSockets;

namespace RawWebSocket.Connections.Lifetime;

/// <summary>How everyone is sent away when the host stops.</summary>
/// <param name="Code">1001 or 1012.</param>
/// <param name="Spread">
/// Over how long the closing handshakes begin, for <see cref="ShutdownWaves.FullSpreadCount"/> connections or more.
/// </param>
/// <param name="Patience">How long after the beginning whoever is still there is aborted.</param>
internal sealed record ShutdownPlan(WebSocketCloseStatus Code, TimeSpan Spread, TimeSpan Patience)
{
    public const string Reason = "The server is shutting down.";

    // The part of the host's time that is left to the server for ending the transports.
    private const double Reserve = 0.1;

    /// <summary>How long after the beginning handlers that are still being told, or have not been, are closed all the same.</summary>
    public TimeSpan Telling { get; init; } = Patience / 2;

    /// <summary>A plan that fits into the host's time to stop, closing handshakes included.</summary>
    /// <param name="options">What was wished for.</param>
    /// <param name="hostTimeout">The host's time to stop.</param>
    /// <param name="closeTimeout">How long a closing handshake may take.</param>
    public static ShutdownPlan Fit(RawWebSocketServerOptions options, TimeSpan hostTimeout, TimeSpan closeTimeout)
    {
        // A host without a limit, or with none to speak of, is given the most that a timer takes.
        var isLimited = hostTimeout > TimeSpan.Zero && hostTimeout < TimeSpan.FromDays(1);
        var patience = isLimited ? hostTimeout * (1 - Reserve) : TimeSpan.FromDays(1);
        var room = patience - closeTimeout;
        var spread = room <= TimeSpan.Zero ? TimeSpan.Zero : room < options.ShutdownSpread ? room : options.ShutdownSpread;
        var telling = room > patience / 2 ? room : patience / 2;
        return new ShutdownPlan(options.ShutdownCloseStatus, spread, patience) { Telling = telling };
    }
}
