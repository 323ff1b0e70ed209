namespace RawWebSocket.Handshake;

/// <summary>What a peer sent, made fit for a message: short, on one line, and unable to pass for markup or for our own words.</summary>
internal static class PeerText
{
    private const int MaxLength = 64;

    public static string Quote(ReadOnlySpan<char> text)
    {
        var isCut = text.Length > MaxLength;
        Span<char> quoted = stackalloc char[MaxLength];
        quoted = quoted[..Math.Min(text.Length, MaxLength)];
        for (var i = 0; i < quoted.Length; i++)
        {
            quoted[i] = text[i] is >= ' ' and <= '~' and not ('\'' or '"' or '<' or '>') ? text[i] : '?';
        }

        return $"'{quoted}{(isCut ? "..." : "")}'";
    }
}
