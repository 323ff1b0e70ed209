using System.Globalization;
using System.Text;

namespace RawWebSocket.Compression;

/// <summary>What both ends have agreed on: the parameters of the answer (RFC 7692 section 7.1).</summary>
/// <param name="ServerNoContextTakeover">Section 7.1.1.1: the server forgets its context after each message.</param>
/// <param name="ClientNoContextTakeover">Section 7.1.1.2: the client does.</param>
/// <param name="ServerMaxWindowBits">Section 7.1.2.1: the server's window; null when nothing is said of it.</param>
/// <param name="ClientMaxWindowBits">Section 7.1.2.2: the client's window; null when nothing is said of it.</param>
internal readonly record struct DeflateAgreement(
    bool ServerNoContextTakeover, bool ClientNoContextTakeover, int? ServerMaxWindowBits, int? ClientMaxWindowBits)
{
    /// <summary>The window that the server may use, in bits: of which nothing is said has 15.</summary>
    public int ServerWindowBits => ServerMaxWindowBits ?? DeflateSettings.MaxWindowBits;

    /// <summary>The window that the client may use, in bits.</summary>
    public int ClientWindowBits => ClientMaxWindowBits ?? DeflateSettings.MaxWindowBits;

    /// <summary>The value of <c>Sec-WebSocket-Extensions</c> in the answer.</summary>
    public override string ToString()
    {
        var text = new StringBuilder(DeflateOffer.ExtensionName);
        if (ServerNoContextTakeover)
        {
            text.Append("; ").Append(DeflateOffer.ServerNoContextTakeoverName);
        }

        if (ClientNoContextTakeover)
        {
            text.Append("; ").Append(DeflateOffer.ClientNoContextTakeoverName);
        }

        Append(text, DeflateOffer.ServerMaxWindowBitsName, ServerMaxWindowBits);
        Append(text, DeflateOffer.ClientMaxWindowBitsName, ClientMaxWindowBits);
        return text.ToString();
    }

    private static void Append(StringBuilder text, string name, int? bits)
    {
        if (bits is { } value)
        {
            text.Append("; ").Append(name).Append('=').Append(value.ToString(CultureInfo.InvariantCulture));
        }
    }
}
