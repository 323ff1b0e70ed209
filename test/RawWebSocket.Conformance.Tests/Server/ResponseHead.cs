using System.Globalization;

namespace RawWebSocket.Conformance.Tests;

/// <summary>The status line and header lines of a response.</summary>
internal sealed record ResponseHead(string StatusLine, IReadOnlyList<KeyValuePair<string, string>> Headers)
{
    public int StatusCode => int.Parse(StatusLine.AsSpan(9, 3), CultureInfo.InvariantCulture);

    public static ResponseHead Parse(string head)
    {
        var lines = head.Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        var headers = lines[1..].Select(line => line.Split(':', 2)).Select(parts => KeyValuePair.Create(parts[0], parts[1].Trim()));
        return new ResponseHead(lines[0], [.. headers]);
    }

    /// <summary>The values of a header's lines.</summary>
    public string[] Of(string name) =>
        [.. Headers.Where(header => header.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Select(header => header.Value)];
}
