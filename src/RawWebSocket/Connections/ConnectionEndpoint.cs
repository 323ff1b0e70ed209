using RawWebSocket.Connections.Rates;
using RawWebSocket.Connections.Receiving;
using RawWebSocket.Connections.Sending;

namespace RawWebSocket.Connections;

/// <summary>What all connections of an endpoint share, so that none of them holds it for itself.</summary>
/// <param name="Services">What all connections of the process share.</param>
/// <param name="Options">The endpoint's options.</param>
/// <param name="Guard">If its code may run on the threads that poll the sockets.</param>
internal sealed record ConnectionEndpoint(ConnectionServices Services, RawWebSocketOptions Options, InlineGuard? Guard = null)
{
    /// <summary>Where it is mapped, for the log.</summary>
    public string Pattern { get; init; } = "unknown";

    /// <summary>How much may wait to be sent, and what happens to more.</summary>
    public SendTerms Sends { get; } = SendTerms.Of(Options, Services.LongWrite);

    /// <summary>
    /// The same for a connection that its transport has handed over: what is flushed there goes to the socket at once, and the longer it is the
    /// less it costs.
    /// </summary>
    public SendTerms SendsOfOwn => field ??= Sends with { LongWrite = SendTerms.LongestWrite };

    /// <summary>How fast its peers may send.</summary>
    public EndpointRates Rates { get; } = Services.Rates.Of(Options);
}
