namespace RawWebSocket.Handshake;

/// <summary>"extension-param = token [ "=" (token | quoted-string) ]" (RFC 6455 section 9.1).</summary>
internal readonly ref struct ExtensionParameter
{
    private readonly ReadOnlySpan<char> _value;

    private ExtensionParameter(ReadOnlySpan<char> name, ReadOnlySpan<char> value)
    {
        Name = name;
        _value = value;
    }

    public ReadOnlySpan<char> Name { get; }

    /// <summary>Whether there is a value; if so, it has at least one character.</summary>
    public bool HasValue => !_value.IsEmpty;

    /// <summary>The value, unquoted, or nothing.</summary>
    public ReadOnlySpan<char> Value => _value is ['"', .. var quoted, '"'] ? Unescape(quoted) : _value;

    public static bool TryParse(ReadOnlySpan<char> text, out ExtensionParameter parameter)
    {
        parameter = default;
        var equals = text.IndexOf('=');
        var name = HeaderTokens.TrimWhitespace(equals < 0 ? text : text[..equals]);
        var value = equals < 0 ? default : HeaderTokens.TrimWhitespace(text[(equals + 1)..]);
        if (!HeaderTokens.IsToken(name) || (equals >= 0 && !HeaderTokens.IsToken(value) && !IsQuotedToken(value)))
        {
            return false;
        }

        parameter = new ExtensionParameter(name, value);
        return true;
    }

    // "the value after quoted-string unescaping MUST conform to the 'token' ABNF"
    private static bool IsQuotedToken(ReadOnlySpan<char> value)
    {
        if (value.Length < 3 || value[0] != '"' || value[^1] != '"')
        {
            return false;
        }

        var quoted = value[1..^1];
        for (var i = 0; i < quoted.Length; i++)
        {
            if (quoted[i] == '\\')
            {
                i++;
            }

            if (i == quoted.Length || !HeaderTokens.IsToken(quoted.Slice(i, 1)))
            {
                return false;
            }
        }

        return true;
    }

    // A backslash is no token character, so each one stands before the character that it escapes.
    private static ReadOnlySpan<char> Unescape(ReadOnlySpan<char> quoted) =>
        quoted.Contains('\\') ? quoted.ToString().Replace("\\", "", StringComparison.Ordinal) : quoted;
}
