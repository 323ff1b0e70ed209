using RawWebSocket.Handshake;

namespace RawWebSocket.Compression;

/// <summary>One offer of permessage-deflate (RFC 7692 section 7.1): which parameters a client has said, if they make sense.</summary>
/// <remarks>
/// Names are compared exactly. RFC 6455 says "case-insensitive" of the tokens for which it means it, and not of those in section 9.1.
/// </remarks>
internal struct DeflateOffer
{
    public const string ExtensionName = "permessage-deflate";
    public const string ServerNoContextTakeoverName = "server_no_context_takeover";
    public const string ClientNoContextTakeoverName = "client_no_context_takeover";
    public const string ServerMaxWindowBitsName = "server_max_window_bits";
    public const string ClientMaxWindowBitsName = "client_max_window_bits";

    public bool ServerNoContextTakeover { get; private set; }

    public bool ClientNoContextTakeover { get; private set; }

    /// <summary>The largest window that the server may use, if the client limits it.</summary>
    public int? ServerMaxWindowBits { get; private set; }

    /// <summary>
    /// The largest window that the client will use, if it can be told to use a smaller one: 15, unless it says less by itself.
    /// </summary>
    public int? ClientMaxWindowBits { get; private set; }

    /// <summary>
    /// Section 7.1: "A server MUST decline an extension negotiation offer [...] if [...] the negotiation offer contains an extension
    /// parameter not defined for use in an offer, [...] with an invalid value [or] multiple extension parameters with the same name."
    /// </summary>
    public static bool TryRead(ExtensionOffer extension, out DeflateOffer offer)
    {
        offer = default;
        if (!extension.Name.SequenceEqual(ExtensionName))
        {
            return false;
        }

        while (extension.TryReadParameter(out var parameter))
        {
            if (!offer.TryAdd(parameter))
            {
                return false;
            }
        }

        return !extension.IsMalformed;
    }

    private bool TryAdd(ExtensionParameter parameter)
    {
        switch (parameter.Name)
        {
            // Sections 7.1.1.1 and 7.1.1.2: "This parameter has no value."
            case ServerNoContextTakeoverName when !ServerNoContextTakeover:
                ServerNoContextTakeover = true;
                return !parameter.HasValue;

            case ClientNoContextTakeoverName when !ClientNoContextTakeover:
                ClientNoContextTakeover = true;
                return !parameter.HasValue;

            case ServerMaxWindowBitsName when ServerMaxWindowBits is null:
                ServerMaxWindowBits = WindowBits(parameter.Value);
                return ServerMaxWindowBits is not null;

            // Section 7.1.2.2: "This parameter may or may not have a value"; in an offer only.
            case ClientMaxWindowBitsName when ClientMaxWindowBits is null:
                ClientMaxWindowBits = parameter.HasValue ? WindowBits(parameter.Value) : DeflateSettings.MaxWindowBits;
                return ClientMaxWindowBits is not null;

            default:
                return false;
        }
    }

    // Section 7.1.2: "a decimal integer value without leading zeroes between 8 to 15, inclusive".
    private static int? WindowBits(ReadOnlySpan<char> value) => value switch
    {
        "8" => 8,
        "9" => 9,
        "10" => 10,
        "11" => 11,
        "12" => 12,
        "13" => 13,
        "14" => 14,
        "15" => 15,
        _ => null,
    };
}
