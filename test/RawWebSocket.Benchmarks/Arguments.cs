using System.Globalization;

namespace RawWebSocket.Benchmarks;

/// <summary>What the program was asked to do.</summary>
internal sealed class Arguments(string[] args)
{
    public const string Usage = """
        Usage: dotnet run -c Release --project test/RawWebSocket.Benchmarks -- <command> [arguments]

          compare                    RawWebSocket on both hosts, the built-in WebSockets and others in turn, then the table; under 25 minutes
            --quick                  fewer and shorter rows; under 90 seconds
            --smoke                  a few seconds: does everything run, is every echo right?
            --rounds <n>             how many rounds a row has; 2 to 12 by default, as it demands
            --only <row>[,<row>]     these rows
            --list                   their names
            --rival <program>        uWebSockets as well, built from test/RawWebSocket.Benchmarks/Rival/rival.cpp; without it,
                                     what is to be judged by it is not
            --before <assembly>      what is ours alone, against another build of it: that build's RawWebSocket.Benchmarks.dll
            --markdown               the table as Markdown
            --json <path>            every single measurement, too
            --document <path>        puts the table into docs/performance.md, between its markers

          serve --engine raw|builtin|floor|http [--port <n>] [--host default|tuned|transport]
                [--deflate off|shared|dedicated] [--receive-buffer <bytes>]
                                     one of the servers, on 127.0.0.1: /echo, /broadcast, /burst, /zb (built-in only), /get (http only),
                                     /stats, /collect, /give-back

          load --port <n> [--mode echo|get|broadcast|burst|idle|spoken|storm] [--path <path>] [--connections <n>] [--in-flight <n>] [--size <bytes>]
               [--payload binary|text|json] [--deflate off|shared|dedicated] [--rehearsals <n>] [--warm-up <seconds>] [--seconds <seconds>]
                                     drives a server and prints what was seen as one line of JSON

          hold [--connections <n>] [--minutes <n>] [--host default|tuned|transport] [--markdown]
                                     has one process hold 100,000 idle connections, or n, or as many as it may open, for ten minutes, or
                                     n, and answers its pings

          micro [arguments]          microbenchmarks; the arguments are BenchmarkDotNet's, such as --filter *Masking*
        """;

    /// <summary>The first argument, if it is not a switch.</summary>
    public string Command => args is [var first, ..] && !first.StartsWith('-') ? first : "";

    public string[] AfterCommand => args[1..];

    /// <summary>As they were typed.</summary>
    public override string ToString() => string.Join(' ', args);

    public bool Has(string name) => args.Contains(name);

    public string? ValueOf(string name)
    {
        var index = Array.IndexOf(args, name);
        return index < 0 ? null
            : index + 1 < args.Length ? args[index + 1]
            : throw new ArgumentException($"{name} needs a value.");
    }

    public double NumberOf(string name, double otherwise) =>
        ValueOf(name) is not { } value ? otherwise
        : double.TryParse(value, CultureInfo.InvariantCulture, out var number) && number >= 0 ? number
        : throw new ArgumentException($"{name} takes a number, not '{value}'.");

    public int CountOf(string name, int otherwise) =>
        ValueOf(name) is not { } value ? otherwise
        : int.TryParse(value, CultureInfo.InvariantCulture, out var number) && number >= 0 ? number
        : throw new ArgumentException($"{name} takes a whole number, not '{value}'.");

    public T OneOf<T>(string name, T otherwise)
        where T : struct, Enum =>
        ValueOf(name) is not { } value ? otherwise
        : Enum.TryParse<T>(value, ignoreCase: true, out var known) && Enum.IsDefined(known) ? known
        : throw new ArgumentException($"{name} is one of {string.Join(", ", Enum.GetNames<T>()).ToLowerInvariant()}, not '{value}'.");
}
