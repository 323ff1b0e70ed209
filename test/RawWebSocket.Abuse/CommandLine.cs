using System.Globalization;
using RawWebSocket.Abuse.Server;
using RawWebSocket.Abuse.Soaking;

namespace RawWebSocket.Abuse;

/// <summary>What the program was asked to do.</summary>
internal sealed class CommandLine(string[] args)
{
    public const string Usage = """
        Usage: dotnet run -c Release --project test/RawWebSocket.Abuse -- [arguments]

          (none)                     every scenario, then the report; exit code 1 when one has failed
          --only <name>[,<name>]     these scenarios
          --list                     their names
          soak [--minutes <n>]       mixed traffic for 15 minutes, or n
          --host default|tuned|transport
                                     what the servers have below HTTP: Kestrel's sockets, the same tuned, or the own transport. By
                                     default Kestrel's sockets, and for some scenarios the transport as well
          --markdown                 the report as Markdown
        """;

    /// <summary>The first argument, if it is not a switch.</summary>
    public string Command => args is [var first, ..] && !first.StartsWith('-') ? first : "";

    public string[] AfterCommand => args[1..];

    /// <summary>Says how it is called when it is called otherwise: a typo must not start a quarter of an hour of attacks.</summary>
    public void ThrowIfUnknown()
    {
        string[] known = ["--only", "--list", "--minutes", "--host", "--markdown"];
        if (Command is "" or MixedTraffic.Name && args.FirstOrDefault(arg => arg.StartsWith('-') && !known.Contains(arg)) is not null)
        {
            throw new ArgumentException(Usage);
        }
    }

    public bool Has(string name) => args.Contains(name);

    public string? ValueOf(string name)
    {
        var index = Array.IndexOf(args, name);
        return index < 0 ? null
            : index + 1 < args.Length ? args[index + 1]
            : throw new ArgumentException($"{name} needs a value.");
    }

    /// <summary>The host of the servers.</summary>
    public ServerHost Host =>
        ValueOf("--host") is not { } value ? ServerHost.Default
        : Enum.TryParse<ServerHost>(value, ignoreCase: true, out var host) && Enum.IsDefined(host) ? host
        : throw new ArgumentException($"--host is one of {string.Join(", ", Enum.GetValues<ServerHost>().Select(known => known.Word()))}.");

    public double NumberOf(string name, double otherwise) =>
        ValueOf(name) is not { } value ? otherwise
        : double.TryParse(value, CultureInfo.InvariantCulture, out var number) && number > 0 ? number
        : throw new ArgumentException($"{name} takes a positive number, not '{value}'.");
}
