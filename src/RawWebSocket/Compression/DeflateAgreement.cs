using System.Globalization;

namespace RawWebSocket.Compression;

/// <summary>What both ends have agreed on: the parameters of the answer (RFC 7692 section 7.1).</summary>
/// <param name="ServerNoContextTakeover">Section 7.1.1.1: the server forgets its context after each message.</param>
/// <param name="ClientNoContextTakeover">Section 7.1.1.2: the client does.</param>
/// <param name="ServerMaxWindowBits">Section 7.1.2.1: the server's window; null when nothing is said of it.</param>
/// <param name="ClientMaxWindowBits">Section 7.1.2.2: the client's window; null when nothing is said of it.</param>
internal readonly record struct DeflateAgreement(
    bool ServerNoContextTakeover, bool ClientNoContextTakeover, byte? ServerMaxWindowBits, byte? ClientMaxWindowBits)
{
    // The usual answers, so that none is put together for each connection.
    private const string ServerForgets = $"{DeflateOffer.ExtensionName}; {DeflateOffer.ServerNoContextTakeoverName}";
    private const string ClientForgets = $"{DeflateOffer.ExtensionName}; {DeflateOffer.ClientNoContextTakeoverName}";
    private const string BothForget = $"{ServerForgets}; {DeflateOffer.ClientNoContextTakeoverName}";

    /// <summary>The window that the server may use, in bits: of which nothing is said has 15.</summary>
    public int ServerWindowBits => ServerMaxWindowBits ?? DeflateSettings.MaxWindowBits;

    /// <summary>The window that the client may use, in bits.</summary>
    public int ClientWindowBits => ClientMaxWindowBits ?? DeflateSettings.MaxWindowBits;

    private string Takeover => (ServerNoContextTakeover, ClientNoContextTakeover) switch
    {
        (true, true) => BothForget,
        (true, false) => ServerForgets,
        (false, true) => ClientForgets,
        _ => DeflateOffer.ExtensionName,
    };

    /// <summary>The value of <c>Sec-WebSocket-Extensions</c> in the answer.</summary>
    public override string ToString() => string.Concat(
        Takeover,
        Text(DeflateOffer.ServerMaxWindowBitsName, ServerMaxWindowBits),
        Text(DeflateOffer.ClientMaxWindowBitsName, ClientMaxWindowBits));

    private static string Text(string name, byte? bits) =>
        bits is { } value ? string.Create(CultureInfo.InvariantCulture, $"; {name}={value}") : "";
}
