namespace RawWebSocket.Handshake;

/// <summary>"extension = extension-token *( ";" extension-param )" (RFC 6455 section 9.1), read in place.</summary>
internal ref struct ExtensionOffer
{
    private ReadOnlySpan<char> _rest;
    private bool _hasMore;

    private ExtensionOffer(ReadOnlySpan<char> text)
    {
        _rest = text;
        _hasMore = true;
        Name = TakePart();
    }

    public ReadOnlySpan<char> Name { get; }

    /// <summary>Whether <see cref="TryReadParameter"/> has met something that is no parameter, and so has ended before the end.</summary>
    public bool IsMalformed { get; private set; }

    /// <summary>From an element of the list. Whether its parameters are well-formed shows as they are read.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out ExtensionOffer offer)
    {
        offer = new ExtensionOffer(text);
        return HeaderTokens.IsToken(offer.Name);
    }

    /// <summary>The next parameter; false after the last one, or when <see cref="IsMalformed"/>.</summary>
    public bool TryReadParameter(out ExtensionParameter parameter)
    {
        parameter = default;
        if (!_hasMore || IsMalformed)
        {
            return false;
        }

        IsMalformed = !ExtensionParameter.TryParse(TakePart(), out parameter);
        return !IsMalformed;
    }

    private ReadOnlySpan<char> TakePart()
    {
        var end = _rest.IndexOf(';');
        _hasMore = end >= 0;
        var part = _hasMore ? _rest[..end] : _rest;
        _rest = _hasMore ? _rest[(end + 1)..] : default;
        return HeaderTokens.TrimWhitespace(part);
    }
}
