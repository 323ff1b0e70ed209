using System.Net.WebSockets;

namespace RawWebSocket.Protocol;

/// <summary>
/// Cuts the pieces of one outgoing message into fragments (RFC 6455 section 5.4). Those of a text end between characters, so that the
/// message is UTF-8 wherever it has to be ended.
/// </summary>
internal sealed class OutgoingFragments(WebSocketMessageType type)
{
    /// <summary>In bytes; so much is written at once.</summary>
    public const int Longest = 64 * 1024;

    private readonly Opcode _opcode = OutgoingType.OpcodeOf(type);

    private Utf8Validator _text;
    private byte[] _splitCharacter = [];

    /// <summary>Whether a fragment has been asked for, so that the peer has seen, or will see, the message's start.</summary>
    public bool HaveBegun { get; private set; }

    /// <summary>The first fragment has the message's type, the others continue it.</summary>
    public Opcode NextOpcode()
    {
        var opcode = HaveBegun ? Opcode.Continuation : _opcode;
        HaveBegun = true;
        return opcode;
    }

    /// <exception cref="InvalidDataException">The message is a text, and this is not UTF-8.</exception>
    public IEnumerable<ReadOnlyMemory<byte>> Split(ReadOnlyMemory<byte> piece)
    {
        if (_opcode == Opcode.Text)
        {
            piece = WholeCharactersOf(piece);
        }

        while (!piece.IsEmpty)
        {
            var length = NextLength(piece.Span);
            yield return piece[..length];
            piece = piece[length..];
        }
    }

    /// <exception cref="InvalidDataException">The text has ended inside a character.</exception>
    public void ThrowIfIncomplete()
    {
        if (!_text.IsComplete)
        {
            throw NotUtf8();
        }
    }

    private int NextLength(ReadOnlySpan<byte> rest) => rest.Length <= Longest ? rest.Length
        : _opcode == Opcode.Text ? Longest - Utf8Validator.TailLength(rest[..Longest])
        : Longest;

    private ReadOnlyMemory<byte> WholeCharactersOf(ReadOnlyMemory<byte> piece)
    {
        if (!_text.TryAppend(piece.Span))
        {
            throw NotUtf8();
        }

        if (_splitCharacter.Length > 0)
        {
            piece = (byte[])[.. _splitCharacter, .. piece.Span];
        }

        var tail = Utf8Validator.TailLength(piece.Span);
        _splitCharacter = piece[^tail..].ToArray();
        return piece[..^tail];
    }

    private static InvalidDataException NotUtf8() => new("The content is not UTF-8, so it cannot be sent as text. Send it as binary.");
}
