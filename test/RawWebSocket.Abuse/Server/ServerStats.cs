using System.Text.Json.Serialization;

namespace RawWebSocket.Abuse.Server;

/// <summary>What the server knows about itself, on request.</summary>
/// <param name="HeapBytes">Managed memory; after a full collection if one was asked for.</param>
/// <param name="PooledBytes">How much of it Kestrel keeps for later, with nothing in it.</param>
/// <param name="Open">Connections that are open now, as the product's meter has it.</param>
/// <param name="Closures">How connections ended so far, as the handlers were told: what, and how often.</param>
/// <param name="Counters">The product's meter: instrument and tags, and its sum.</param>
/// <param name="Exceptions">Exceptions thrown in the process so far, caught or not, by type.</param>
/// <param name="Errors">Log entries of level Error and above.</param>
/// <param name="FirstErrors">The first few of them.</param>
/// <param name="BroadcastsSent">Broadcasts sent so far.</param>
/// <param name="Held">What all connections hold of messages now.</param>
/// <param name="MostHeld">The most that they have held whenever it was looked at.</param>
/// <param name="Budget">What they may hold.</param>
internal sealed record ServerStats(
    long HeapBytes,
    long PooledBytes,
    long Open,
    Dictionary<string, long> Closures,
    Dictionary<string, long> Counters,
    Dictionary<string, long> Exceptions,
    long Errors,
    string[] FirstErrors,
    long BroadcastsSent,
    long Held,
    long MostHeld,
    long Budget)
{
    /// <summary>Managed memory without what Kestrel keeps for later.</summary>
    [JsonIgnore]
    public double HeapMiB => (HeapBytes - PooledBytes) / (1024.0 * 1024);
}
