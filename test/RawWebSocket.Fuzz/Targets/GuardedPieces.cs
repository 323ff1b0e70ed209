using RawWebSocket.Fuzz.Engine;

namespace RawWebSocket.Fuzz.Targets;

/// <summary>
/// Copies of bytes, cut into pieces that each lie somewhere in the middle of an array of their own, so that it shows when the bytes
/// around them are touched.
/// </summary>
internal sealed class GuardedPieces
{
    private const int Guard = 40;
    private const byte Untouched = 0xA5;

    private readonly List<(byte[] Array, int Start, int Length)> _pieces = [];

    /// <param name="bytes">What is copied.</param>
    /// <param name="nextLength">How long the next piece is; the last one is what is left.</param>
    /// <param name="random">Where the pieces lie, since unmasking works on words.</param>
    public GuardedPieces(ReadOnlySpan<byte> bytes, Func<int> nextLength, Random random)
    {
        do
        {
            var length = Math.Min(nextLength(), bytes.Length);
            var start = Guard + random.Next(8);
            var array = new byte[start + length + Guard];
            array.AsSpan().Fill(Untouched);
            bytes[..length].CopyTo(array.AsSpan(start));
            _pieces.Add((array, start, length));
            bytes = bytes[length..];
        }
        while (!bytes.IsEmpty);
    }

    public IReadOnlyList<ReadOnlyMemory<byte>> All =>
        [.. _pieces.Select(static piece => (ReadOnlyMemory<byte>)piece.Array.AsMemory(piece.Start, piece.Length))];

    public void ShouldBeIntact() => Invariant.Holds(
        _pieces.TrueForAll(static piece =>
            IsIntact(piece.Array.AsSpan(0, piece.Start)) && IsIntact(piece.Array.AsSpan(piece.Start + piece.Length))),
        "Nothing is written outside of the bytes that were given.");

    private static bool IsIntact(ReadOnlySpan<byte> around) => !around.ContainsAnyExcept(Untouched);
}
