using RawWebSocket.Fuzz.Engine;
using RawWebSocket.Fuzz.Targets;

namespace RawWebSocket.Fuzz;

/// <summary>What is fuzzed.</summary>
internal static class AllTargets
{
    public static IReadOnlyList<string> Names { get; } = [.. Create().Select(static target => target.Name)];

    public static FuzzTarget Create(string name) =>
        Create().FirstOrDefault(target => target.Name == name)
        ?? throw new FormatException($"There is no target {name}. There are {string.Join(", ", Names)}.");

    private static FuzzTarget[] Create() =>
    [
        new HeaderTarget(),
        new CloseTarget(),
        new Utf8Target(),
        new DecoderTarget(),
        new HandshakeTarget(),
        new ConnectionTarget(),
        new DeflateTarget(),
    ];
}
