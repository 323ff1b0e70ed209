using System.Text.RegularExpressions;

namespace RawWebSocket.Tests.Layering;

/// <summary>A source file of the library, without its comments and strings.</summary>
internal sealed partial record SourceFile(string Name, string Folder, string Code)
{
    /// <summary>The folder's name in messages: the root has none.</summary>
    public const string Root = "(root)";

    public static List<SourceFile> ReadAll()
    {
        var library = Repository.PathTo("src", "RawWebSocket");
        return [.. from path in Directory.EnumerateFiles(library, "*.cs", SearchOption.AllDirectories)
                   let name = Path.GetRelativePath(library, path).Replace('\\', '/')
                   where !name.StartsWith("bin/", StringComparison.Ordinal) && !name.StartsWith("obj/", StringComparison.Ordinal)
                   orderby name
                   select Parse(name, File.ReadAllText(path))];
    }

    public static SourceFile Parse(string name, string text) =>
        new(name, name.Contains('/') ? name[..name.IndexOf('/')] : Root, CommentsAndStrings().Replace(text, " "));

    /// <summary>The folder inside of its folder.</summary>
    public string Room => Name.Split('/') is [_, var room, _, ..] ? room : Root;

    /// <summary>The types that it declares, but for those inside of others.</summary>
    public IEnumerable<string> Types => TypeDeclaration().Matches(Code).Select(match => match.Groups["name"].Value).Distinct();

    /// <summary>The folders whose namespaces the file uses or names in full.</summary>
    public IEnumerable<string> FoldersNamed =>
        FolderNamespace().Matches(Code).Select(match => match.Groups["folder"].Value)
            .Where(folder => folder != "Testing")
            .Distinct()
            .Except([Folder]);

    public string? Namespace => NamespaceLine().Match(Code) is { Success: true } match ? match.Groups["name"].Value : null;

    /// <summary>Whether it names a type, other than as a member of something.</summary>
    public bool Names(string type) => Regex.IsMatch(Code, $@"(?<![\w.]){type}\b");

    /// <summary>Those of the given identifiers that the file names.</summary>
    public IEnumerable<string> Identifiers(Regex pattern) => pattern.Matches(Code).Select(match => match.Value).Distinct();

    // Raw strings first, then verbatim and ordinary ones, characters, and both kinds of comment.
    [GeneratedRegex(""""
        """[\s\S]*?""" | @"(?:[^"]|"")*" | "(?:\\.|[^"\\\n])*" | '(?:\\.|[^'\\\n])+' | //[^\n]* | /\*[\s\S]*?\*/
        """", RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex CommentsAndStrings();

    // A namespace of the library's own: not the end of a longer name, and not the file's own namespace line.
    [GeneratedRegex(@"(?<![\w.])(?<!namespace\s+)(?:global::)?RawWebSocket\.(?<folder>[A-Z]\w*)")]
    private static partial Regex FolderNamespace();

    [GeneratedRegex(
        @"^(?:(?:internal|public|static|abstract|sealed|readonly|partial|ref)\s+)+(?:record struct|record class|class|struct|record|interface|enum)"
        + @"\s+(?<name>\w+)",
        RegexOptions.Multiline)]
    private static partial Regex TypeDeclaration();

    [GeneratedRegex(@"^namespace\s+(?<name>[\w.]+)", RegexOptions.Multiline)]
    private static partial Regex NamespaceLine();
}
