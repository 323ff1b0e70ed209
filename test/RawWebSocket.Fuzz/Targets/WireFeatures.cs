using RawWebSocket.Fuzz.Engine;
using RawWebSocket.Fuzz.Models;

namespace RawWebSocket.Fuzz.Targets;

/// <summary>What is to be seen in a client's bytes, as far as they are legal: which frame follows which, and how long they are.</summary>
internal static class WireFeatures
{
    private const int MostFrames = 64;

    public static void Describe(ReadOnlySpan<byte> wire, Features features)
    {
        for (var count = 0; count < MostFrames && HeaderModel.Read(wire) is { Fault: null } header; count++)
        {
            var kind = header.Opcode + (header.Fin ? 16 : 0);
            var magnitude = Features.Magnitude((long)header.Length);
            features.AddStep('f', kind);
            features.Add('l', kind, magnitude);
            if (header.Length > (ulong)(wire.Length - header.Size))
            {
                features.Add('i', magnitude, Features.Magnitude(wire.Length - header.Size));
                return;
            }

            wire = wire[(header.Size + (int)header.Length)..];
        }

        features.Add('r', Math.Min(wire.Length, 15));
    }
}
