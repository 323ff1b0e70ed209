using System.Globalization;
using System.Text;

namespace RawWebSocket.Fuzz.Engine;

/// <summary>
/// Bytes as text that can be read and reviewed: two hexadecimal digits each, <c>41*300</c> for three hundred times the same, and
/// <c>#</c> for a comment up to the end of the line.
/// </summary>
internal static class HexText
{
    private const int BytesPerLine = 32;
    private const int ShortestRun = 8;

    public static byte[] Parse(string text)
    {
        var bytes = new List<byte>();
        foreach (var line in text.Split('\n'))
        {
            foreach (var word in line.Split('#')[0].Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
            {
                var parts = word.Split('*');
                var count = parts.Length == 1 ? 1 : int.Parse(parts[1], CultureInfo.InvariantCulture);
                bytes.AddRange(Enumerable.Repeat(byte.Parse(parts[0], NumberStyles.HexNumber, CultureInfo.InvariantCulture), count));
            }
        }

        return [.. bytes];
    }

    public static string Format(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder();
        var onLine = 0;
        while (!bytes.IsEmpty)
        {
            var run = bytes.IndexOfAnyExcept(bytes[0]);
            run = run < 0 ? bytes.Length : run;
            run = run >= ShortestRun ? run : 1;
            text.Append(CultureInfo.InvariantCulture, $"{bytes[0]:x2}").Append(run > 1 ? $"*{run}" : "");
            bytes = bytes[run..];
            onLine = (onLine + 1) % BytesPerLine;
            text.Append(onLine == 0 || bytes.IsEmpty ? '\n' : ' ');
        }

        return text.ToString();
    }
}
