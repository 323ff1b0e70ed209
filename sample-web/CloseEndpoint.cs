using System.Globalization;
using System.Net.WebSockets;
using RawWebSocket;

namespace SampleWeb;

/// <summary>
/// Closes as the query asks: <c>/close?code=4000&amp;reason=bye</c>. The code is 1000 and the reason empty when left out. A code
/// that may not be sent, or too long a reason, is told in a text message; then the connection closes with 1000.
/// </summary>
internal static class CloseEndpoint
{
    public static async Task RunAsync(WebSocketConnection connection)
    {
        string? code = connection.Request.Query["code"];
        string? reason = connection.Request.Query["reason"];

        try
        {
            var number = string.IsNullOrEmpty(code) ? 1000 : int.Parse(code, NumberStyles.None, CultureInfo.InvariantCulture);
            await connection.CloseAsync((WebSocketCloseStatus)number, reason);
        }
        catch (Exception refused) when (refused is ArgumentException or FormatException or OverflowException)
        {
            // Returning closes with 1000.
            await connection.SendTextAsync(
                "Cannot close like that: the code is 1000 to 1003, 1007 to 1014 or 3000 to 4999, the reason at most 123 bytes.");
        }
    }
}
