using System.Text;

namespace RawWebSocket.Abuse.Reporting;

/// <summary>Rows and columns as text: for a terminal, with long cells folded, or as Markdown.</summary>
/// <param name="columns">The headings, and how wide a column may be in a terminal.</param>
internal sealed class Table(params (string Heading, int Width)[] columns)
{
    private readonly List<string[]> _rows = [];

    public void Add(params string[] cells) => _rows.Add(cells);

    public string ToMarkdown()
    {
        var text = new StringBuilder();
        AppendMarkdown(text, [.. columns.Select(column => column.Heading)]);
        AppendMarkdown(text, [.. columns.Select(_ => "---")]);
        _rows.ForEach(row => AppendMarkdown(text, row));
        return text.ToString();
    }

    public string ToTerminal()
    {
        var text = new StringBuilder();
        AppendFolded(text, [.. columns.Select(column => column.Heading)]);
        text.AppendLine(string.Join("─┼─", columns.Select(column => new string('─', column.Width))));
        _rows.ForEach(row => AppendFolded(text, row));
        return text.ToString();
    }

    private static void AppendMarkdown(StringBuilder text, string[] cells) =>
        text.AppendLine($"| {string.Join(" | ", cells.Select(cell => cell.Replace("|", "\\|")))} |");

    private void AppendFolded(StringBuilder text, string[] cells)
    {
        var folded = cells.Select((cell, column) => Fold(cell, columns[column].Width)).ToArray();
        for (var line = 0; line < folded.Max(lines => lines.Count); line++)
        {
            var parts = folded.Select((lines, column) => (line < lines.Count ? lines[line] : "").PadRight(columns[column].Width));
            text.AppendLine(string.Join(" │ ", parts).TrimEnd());
        }
    }

    private static List<string> Fold(string cell, int width)
    {
        var lines = new List<string> { "" };
        foreach (var word in cell.Split(' '))
        {
            if (lines[^1].Length == 0)
            {
                lines[^1] = word;
            }
            else if (lines[^1].Length + 1 + word.Length <= width)
            {
                lines[^1] += $" {word}";
            }
            else
            {
                lines.Add(word);
            }
        }

        return lines;
    }
}
