namespace RawWebSocket.Benchmarks.Reporting;

/// <summary>The document that shows the figures: what stands between its two markers is written anew.</summary>
internal static class PerformanceDocument
{
    private const string Begin = "<!-- figures: written by the command above, not by hand -->";
    private const string End = "<!-- end of figures -->";

    public static void Write(string path, string figures)
    {
        var text = File.ReadAllText(path);
        var begin = text.IndexOf(Begin, StringComparison.Ordinal);
        var end = text.IndexOf(End, StringComparison.Ordinal);
        if (begin < 0 || end < begin)
        {
            throw new ArgumentException($"{path} lacks the markers '{Begin}' and '{End}'.");
        }

        File.WriteAllText(path, $"{text[..(begin + Begin.Length)]}\n\n{figures.Trim()}\n\n{text[end..]}");
    }
}
