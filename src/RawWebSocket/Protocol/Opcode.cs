namespace RawWebSocket.Protocol;

/// <summary>What a frame is (RFC 6455 section 5.2). 3 to 7 and 11 to 15 are reserved.</summary>
internal enum Opcode : byte
{
    Continuation = 0x0,
    Text = 0x1,
    Binary = 0x2,
    Close = 0x8,
    Ping = 0x9,
    Pong = 0xA,
}

internal static class OpcodeRules
{
    /// <summary>Section 5.5: "Control frames are identified by opcodes where the most significant bit of the opcode is 1."</summary>
    public static bool IsControl(this Opcode opcode) => ((byte)opcode & 0x8) != 0;

    /// <summary>Section 5.4: text or binary, with which the first frame of a message says what it is.</summary>
    public static bool BeginsMessage(this Opcode opcode) => opcode is Opcode.Text or Opcode.Binary;

    /// <summary>Section 5.2: a reserved opcode has no meaning without an extension.</summary>
    public static bool IsDefined(this Opcode opcode) => opcode is <= Opcode.Binary or (>= Opcode.Close and <= Opcode.Pong);
}
