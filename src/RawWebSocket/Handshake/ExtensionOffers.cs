using Microsoft.Extensions.Primitives;

namespace RawWebSocket.Handshake;

/// <summary>The grammar of <c>Sec-WebSocket-Extensions</c> (RFC 6455 section 9.1). What an extension means is not its concern.</summary>
/// <remarks>
/// A quoted value must be a token once unquoted, so it can hold neither comma nor semicolon: cutting at every one of them is exact.
/// </remarks>
internal static class ExtensionOffers
{
    // "extension-list = 1#extension"; empty elements are ignored (RFC 7230 section 7), and a list of nothing else offers nothing.
    public static bool AreWellFormed(StringValues lines)
    {
        foreach (var line in lines)
        {
            var list = line.AsSpan();
            foreach (var element in list.Split(','))
            {
                var extension = HeaderTokens.TrimWhitespace(list[element]);
                if (!extension.IsEmpty && !IsExtension(extension))
                {
                    return false;
                }
            }
        }

        return true;
    }

    // "extension = extension-token *( ";" extension-param )"
    private static bool IsExtension(ReadOnlySpan<char> extension)
    {
        var isName = true;
        foreach (var part in extension.Split(';'))
        {
            var text = HeaderTokens.TrimWhitespace(extension[part]);
            if (isName ? !HeaderTokens.IsToken(text) : !IsParameter(text))
            {
                return false;
            }

            isName = false;
        }

        return true;
    }

    // "extension-param = token [ "=" (token | quoted-string) ]"
    private static bool IsParameter(ReadOnlySpan<char> parameter)
    {
        var equals = parameter.IndexOf('=');
        if (equals < 0)
        {
            return HeaderTokens.IsToken(parameter);
        }

        var value = HeaderTokens.TrimWhitespace(parameter[(equals + 1)..]);
        return HeaderTokens.IsToken(HeaderTokens.TrimWhitespace(parameter[..equals]))
            && (HeaderTokens.IsToken(value) || IsQuotedToken(value));
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
}
