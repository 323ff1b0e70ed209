using System.Text;

namespace RawWebSocket.Benchmarks.Reporting;

/// <summary>Rows and columns as text, for a terminal or as Markdown.</summary>
/// <param name="headings">The columns. All but the first two hold numbers and stand to the right.</param>
internal sealed class Table(params string[] headings)
{
    private const int TextColumns = 2;

    private readonly List<string[]> _rows = [];

    public void Add(params string[] cells) => _rows.Add(cells);

    /// <summary>The table; nothing when it has no rows.</summary>
    public string ToText(bool markdown) => _rows.Count == 0 ? "" : markdown ? ToMarkdown() : ToTerminal();

    private string ToMarkdown()
    {
        var text = new StringBuilder();
        var rules = headings.Select((_, column) => column < TextColumns ? "---" : "---:");
        foreach (var cells in new[] { headings, [.. rules] }.Concat(_rows))
        {
            text.Append("| ").AppendJoin(" | ", cells).Append(" |\n");
        }

        return text.ToString();
    }

    private string ToTerminal()
    {
        var text = new StringBuilder();
        var widths = headings.Select((heading, column) => Math.Max(heading.Length, _rows.Max(cells => cells[column].Length))).ToArray();
        var rule = widths.Select(width => new string('─', width)).ToArray();
        foreach (var cells in new[] { headings, rule }.Concat(_rows))
        {
            var padded = cells.Select((cell, column) => cell.PadLeft(column < TextColumns ? 0 : widths[column]).PadRight(widths[column]));
            text.AppendLine(string.Join("  ", padded).TrimEnd());
        }

        return text.ToString();
    }
}
