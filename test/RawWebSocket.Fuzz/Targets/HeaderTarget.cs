using System.Runtime.InteropServices;
using RawWebSocket.Fuzz.Engine;
using RawWebSocket.Fuzz.Models;
using RawWebSocket.Fuzz.Mutations;
using RawWebSocket.Protocol;

namespace RawWebSocket.Fuzz.Targets;

/// <summary>A client's frame header: read as the model reads it, and the same whatever follows it.</summary>
internal sealed class HeaderTarget : FuzzTarget
{
    public override string Name => "header";

    public override int MaxInputLength => 64;

    public override byte[] Mutate(byte[] input, byte[] other, Random random) => random.OneIn(2)
        ? FrameMutations.Mutate(input, other, random)
        : ByteMutations.Mutate(input, other, random);

    public override void Execute(byte[] input, Features features)
    {
        for (var length = 0; length <= Math.Min(input.Length, FrameHeader.MaxReadSize + 1); length++)
        {
            Compare(input.AsSpan(0, length), features);
        }
    }

    private static void Compare(ReadOnlySpan<byte> bytes, Features features)
    {
        var expected = HeaderModel.Read(bytes);
        var found = FrameHeader.TryRead(bytes, out var header, out var fault);
        features.Add('c', bytes.Length, expected is null ? 0 : 1);
        Invariant.Holds(found == expected is not null, "A header is read as soon as it is complete or seen to be wrong, and no sooner.");
        if (expected is null)
        {
            Invariant.Holds(fault is null, "A header that is not complete is not wrong yet.");
            return;
        }

        features.Add('h', expected.Opcode + (expected.Fin ? 16 : 0), Features.Magnitude((long)Math.Min(expected.Length, long.MaxValue)));
        features.Add('f', fault is null ? 0 : fault.Reason.Length, expected.Opcode);
        Invariant.Holds(
            fault == expected.Fault, "A header's fault is the one that the model finds.", () => $"{expected.Fault} and {fault}");
        Invariant.Holds(
            fault is not null || IsSame(header, expected), "A header says what the model reads.", () => $"{expected} and {header.Opcode}");
    }

    private static bool IsSame(in FrameHeader header, HeaderModel expected) =>
        header.IsFinal == expected.Fin
        && (int)header.Opcode == expected.Opcode
        && header.PayloadLength == (long)expected.Length
        && header.MaskingKey == MemoryMarshal.Read<uint>(expected.Key)
        && header.Size == expected.Size;
}
