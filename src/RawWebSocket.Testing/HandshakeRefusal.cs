using System.Globalization;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace RawWebSocket.Testing;

/// <summary>An answer to the opening handshake other than 101 (RFC 6455 section 4.2.2).</summary>
/// <param name="StatusCode">The status code.</param>
/// <param name="Headers">The response's headers.</param>
/// <param name="Body">The response's body, read as UTF-8.</param>
public sealed record HandshakeRefusal(HttpStatusCode StatusCode, IHeaderDictionary Headers, string Body)
{
    /// <summary>The whole answer in words.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{(int)StatusCode} {ReasonPhrases.GetReasonPhrase((int)StatusCode)}");
        foreach (var (name, values) in Headers)
        {
            foreach (var value in values)
            {
                text.AppendLine().Append(CultureInfo.InvariantCulture, $"  {name}: {value}");
            }
        }

        return Body.Length == 0 ? text.ToString() : text.AppendLine().AppendLine().Append(Body).ToString();
    }
}
