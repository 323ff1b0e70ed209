using System.Globalization;

namespace SampleWeb.Chat;

/// <summary>Takes out of a peer's text what could disturb the others' screens.</summary>
internal static class ChatText
{
    /// <summary>One line, for names: no control or invisible formatting characters, single spaces only.</summary>
    public static string Line(string? text)
    {
        var visible = (text ?? "").Where(c => char.IsWhiteSpace(c) || !IsControlOrFormat(c)).ToArray();
        var words = new string(visible).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        return string.Join(' ', words);
    }

    /// <summary>Lines, for what is said: no control characters but tab and line feed, nothing blank around it.</summary>
    public static string Lines(string? text)
    {
        var kept = (text ?? "").ReplaceLineEndings("\n").Where(c => c is '\n' or '\t' || !char.IsControl(c)).ToArray();
        return new string(kept).Trim();
    }

    /// <summary>A file's media type as its sender names it, or the one that says nothing.</summary>
    public static string MediaType(string? mime) =>
        mime is { Length: > 0 and <= 100 } && mime.All(c => char.IsAsciiLetterOrDigit(c) || "/+-.;= ".Contains(c))
            ? mime
            : "application/octet-stream";

    // Formatting characters can reverse the direction of what follows or make two names look alike.
    private static bool IsControlOrFormat(char c) =>
        char.GetUnicodeCategory(c) is UnicodeCategory.Control or UnicodeCategory.Format;
}
