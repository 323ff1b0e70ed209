using System.Buffers.Binary;
using System.IO.Compression;
using RawWebSocket.Compression;

namespace RawWebSocket.Fuzz.Targets;

/// <summary>An input for compression: two bytes of settings, then messages, each with an action and a length in front of it.</summary>
internal sealed class DeflateInput(byte first, byte second, List<DeflateMessage> messages)
{
    private const int SettingsSize = 2;
    private const int MessageHead = 3;
    private const int Scarce = 200_000;
    private const long Plenty = 100_000_000;

    public byte First { get; } = first;

    public byte Second { get; } = second;

    public List<DeflateMessage> Messages { get; } = messages;

    /// <summary>The window that was agreed, in the lowest three bits of the first byte: 8 to 15.</summary>
    public int WindowBits => 8 + (First & 7);

    /// <summary>In the bit above them.</summary>
    public bool NoContextTakeover => (First & 0x08) != 0;

    /// <summary>What all messages may hold, in the bit above that one: so little that now and then nothing is kept, or plenty.</summary>
    public long Budget => (First & 0x10) != 0 ? Scarce : Plenty;

    /// <summary>In the highest bit: whether the messages are to be compressed first, or are what somebody takes for compressed.</summary>
    public bool IsRoundTrip => (First & 0x80) != 0;

    /// <summary>What cuts depend on: the second byte alone, so that an input can be made smaller and is still cut the same way.</summary>
    public int Seed => Second;

    /// <summary>How to compress, in the lowest two bits of the second byte.</summary>
    public OutgoingKind Outgoing => (OutgoingKind)(Second & 3);

    /// <summary>The compressor: its level is in the next two bits of the second byte, its memory in the highest four.</summary>
    public DeflateSettings Settings => new(
        (CompressionLevel)((Second >> 2) & 3), Math.Max(WindowBits, DeflateSettings.MinWindowBits), 1 + ((Second >> 4) % 9));

    public DeflateAgreement Agreement => new(false, NoContextTakeover, null, (byte)WindowBits);

    /// <summary>Null where there are not even settings. Any other bytes are an input.</summary>
    public static DeflateInput? TryParse(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < SettingsSize)
        {
            return null;
        }

        var messages = new List<DeflateMessage>();
        var rest = bytes[SettingsSize..];
        while (rest.Length >= MessageHead)
        {
            var length = Math.Min(BinaryPrimitives.ReadUInt16BigEndian(rest[1..]), rest.Length - MessageHead);
            messages.Add(new DeflateMessage(rest[0], rest.Slice(MessageHead, length).ToArray()));
            rest = rest[(MessageHead + length)..];
        }

        return new DeflateInput(bytes[0], bytes[1], messages);
    }

    public byte[] ToBytes()
    {
        var bytes = new List<byte> { First, Second };
        foreach (var (action, payload) in Messages)
        {
            bytes.Add(action);
            bytes.Add((byte)(payload.Length >> 8));
            bytes.Add((byte)payload.Length);
            bytes.AddRange(payload);
        }

        return [.. bytes];
    }
}

internal enum OutgoingKind
{
    Shared,
    Dedicated,

    /// <summary>And no compressor is left that a connection may keep.</summary>
    DedicatedTaught,
    Adaptive,
}
