using RawWebSocket.Protocol;

namespace RawWebSocket.Fuzz.Models;

/// <summary>
/// A client's frame header, read by the letter of RFC 6455 section 5.2 and by nothing of the library but the names of its faults: bit by
/// bit, one digit of the length after the other.
/// </summary>
internal sealed record HeaderModel(bool Fin, int Opcode, ulong Length, byte[] Key, int Size, ProtocolFault? Fault)
{
    /// <summary>Null when more bytes are needed.</summary>
    public static HeaderModel? Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < 2)
        {
            return null;
        }

        var fin = bytes[0] >= 128;
        var opcode = bytes[0] % 16;
        ulong length = (uint)bytes[1] % 128;
        if (FaultOf(fin, rsv: bytes[0] / 16 % 8, opcode, masked: bytes[1] >= 128, length) is { } fault)
        {
            return new HeaderModel(fin, opcode, 0, [], 0, fault);
        }

        var digits = length switch { 126 => 2, 127 => 8, _ => 0 };
        if (bytes.Length < 2 + digits + 4)
        {
            return null;
        }

        ProtocolFault? lengthFault = null;
        if (digits > 0)
        {
            length = 0;
            foreach (var digit in bytes.Slice(2, digits))
            {
                length = (length * 256) + digit;
            }

            lengthFault = digits == 8 && bytes[2] >= 128 ? ProtocolFault.LengthTopBit
                : length < (digits == 2 ? 126UL : 65_536UL) ? ProtocolFault.LengthNotMinimal
                : null;
        }

        return new HeaderModel(fin, opcode, length, bytes.Slice(2 + digits, 4).ToArray(), 2 + digits + 4, lengthFault);
    }

    private static ProtocolFault? FaultOf(bool fin, int rsv, int opcode, bool masked, ulong shortLength) =>
        rsv != 0 ? ProtocolFault.ReservedBits
        : opcode is not (0 or 1 or 2 or 8 or 9 or 10) ? ProtocolFault.ReservedOpcode
        : !masked ? ProtocolFault.NotMasked
        : opcode >= 8 && !fin ? ProtocolFault.ControlFragmented
        : opcode >= 8 && shortLength > 125 ? ProtocolFault.ControlTooLong
        : null;
}
