using RawWebSocket.Benchmarks.Serving;

namespace RawWebSocket.Benchmarks.Comparing;

/// <summary>Who takes part in a row.</summary>
/// <param name="Name">As the table has it.</param>
/// <param name="Engine">The server.</param>
internal sealed record Contender(string Name, Engine Engine)
{
    public static readonly Contender Raw = new("RawWebSocket", Engine.Raw);
    public static readonly Contender BuiltIn = new("built-in", Engine.BuiltIn);
    public static readonly Contender Floor = new("floor", Engine.Floor);
    public static readonly Contender ZeroByteReads = new("built-in, zero-byte reads", Engine.BuiltIn) { Path = "/zb" };
    public static readonly Contender TunedRaw = new("RawWebSocket, tuned host", Engine.Raw) { IsTuned = true };
    public static readonly Contender TunedFloor = new("floor, tuned host", Engine.Floor) { IsTuned = true };

    /// <summary>Where it listens, when that is not where all others do.</summary>
    public string? Path { get; private init; }

    /// <summary>Whether its host is tuned for WebSockets.</summary>
    public bool IsTuned { get; private init; }
}
