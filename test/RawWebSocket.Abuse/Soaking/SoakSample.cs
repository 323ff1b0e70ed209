using RawWebSocket.Abuse.Clients;
using RawWebSocket.Abuse.Running;

namespace RawWebSocket.Abuse.Soaking;

/// <summary>The server at one time of the soak.</summary>
/// <param name="At">When, from its beginning.</param>
/// <param name="State">Its state, after a full collection.</param>
/// <param name="RoundTrips">The well-behaved client's, since the last sample.</param>
internal sealed record SoakSample(TimeSpan At, ServerState State, Latencies RoundTrips);
