using System.Security.Cryptography;
using System.Text;

namespace RawWebSocket.Fuzz.Engine;

/// <summary>The inputs of a target that are kept in files, one each, with names that tell what they are.</summary>
internal sealed class CorpusFolder(FuzzTarget target, string root)
{
    private readonly string _path = Path.Combine(root, target.Name);

    /// <summary>The corpus in the repository.</summary>
    public static string InRepository => Tests.Repository.PathTo("test", "RawWebSocket.Fuzz", "Corpus");

    /// <summary>The files' names and what is in them, always in the same order.</summary>
    public IEnumerable<KeyValuePair<string, byte[]>> ReadAll() =>
        from file in Directory.Exists(_path) ? Directory.GetFiles(_path) : []
        orderby Path.GetFileName(file)
        select KeyValuePair.Create(Path.GetFileName(file), Read(target, file));

    public static byte[] Read(FuzzTarget target, string file) =>
        target.Form == InputForm.Hex ? HexText.Parse(File.ReadAllText(file)) : File.ReadAllBytes(file);

    /// <summary>Writes an input into a file that is named after its content, and returns the file's path.</summary>
    public string Save(byte[] input, string comment = "")
    {
        Directory.CreateDirectory(_path);
        var isHex = target.Form == InputForm.Hex;
        var name = $"{Convert.ToHexStringLower(SHA256.HashData(input))[..12]}.{(isHex ? "hex" : "txt")}";
        var file = Path.Combine(_path, name);
        File.WriteAllBytes(file, isHex ? Encoding.UTF8.GetBytes(Commented(comment) + HexText.Format(input)) : input);
        return file;
    }

    private static string Commented(string comment) =>
        comment.Length == 0 ? "" : $"# {comment.ReplaceLineEndings(" ").Replace('#', ' ')}\n";
}
