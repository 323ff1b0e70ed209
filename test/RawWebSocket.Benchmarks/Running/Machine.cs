using System.Globalization;
using System.Runtime.InteropServices;

namespace RawWebSocket.Benchmarks.Running;

/// <summary>What all this runs on.</summary>
internal static class Machine
{
    private const string Limits = "/proc/self/limits";
    private const string FileLimit = "Max open files";

    // What a process has open besides its connections.
    private const int OtherFiles = 500;

    /// <summary>The processor, the system and the runtime, in a line.</summary>
    public static string Description =>
        $"{ProcessorName}, {Environment.ProcessorCount} cores, {GC.GetGCMemoryInfo().TotalAvailableMemoryBytes >> 30} GiB; "
        + $"{RuntimeInformation.OSDescription}; {RuntimeInformation.FrameworkDescription}";

    /// <summary>What stands against the comparison; null when nothing does.</summary>
    /// <param name="connections">How many connections a process will have open.</param>
    public static string? ComplaintAbout(int connections)
    {
        if (!OperatingSystem.IsLinux())
        {
            return "The load generator speaks to Linux's kernel.";
        }

        // The runtime has raised the soft limit to the hard one already.
        var line = File.ReadLines(Limits).First(line => line.StartsWith(FileLimit, StringComparison.Ordinal));
        var files = line[FileLimit.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries)[0];
        var needed = connections + OtherFiles;
        return files != "unlimited" && long.Parse(files, CultureInfo.InvariantCulture) < needed
            ? $"A process may open {files} files here, and {connections} connections take {needed}. Raise it first: `ulimit -Hn {needed}`."
            : null;
    }

    private static string ProcessorName =>
        File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal)) is { } line
            ? line[(line.IndexOf(':') + 2)..]
            : $"{RuntimeInformation.ProcessArchitecture}";
}
