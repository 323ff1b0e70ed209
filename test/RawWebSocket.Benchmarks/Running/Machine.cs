using System.Globalization;
using System.Runtime.InteropServices;
using RawWebSocket.Benchmarks.Loading;

namespace RawWebSocket.Benchmarks.Running;

/// <summary>What all this runs on.</summary>
internal static class Machine
{
    private const string Limits = "/proc/self/limits";
    private const string FileLimitName = "Max open files";

    // What a process has open besides its connections.
    private const int OtherFiles = 500;

    /// <summary>The processor, the system and the runtime, in a line.</summary>
    public static string Description =>
        $"{ProcessorName}, {Environment.ProcessorCount} cores, {GC.GetGCMemoryInfo().TotalAvailableMemoryBytes >> 30} GiB; "
        + $"{RuntimeInformation.OSDescription}; {RuntimeInformation.FrameworkDescription}";

    /// <summary>How many files a process may open here.</summary>
    public static long FileLimit
    {
        get
        {
            // The runtime has raised the soft limit to the hard one already.
            var line = File.ReadLines(Limits).First(line => line.StartsWith(FileLimitName, StringComparison.Ordinal));
            var files = line[FileLimitName.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries)[0];
            return files == "unlimited" ? long.MaxValue : long.Parse(files, CultureInfo.InvariantCulture);
        }
    }

    /// <summary>How many connections a process may have open here.</summary>
    public static int MostConnections => (int)Math.Clamp(FileLimit - OtherFiles, 0, int.MaxValue);

    /// <summary>Lets this process and its children open files for so many connections, if they may not and the system allows it.</summary>
    public static void RaiseFileLimit(int connections)
    {
        if (MostConnections < connections)
        {
            _ = Kernel.SetFileLimit((ulong)(connections + OtherFiles));
        }
    }

    /// <summary>What stands against the comparison; null when nothing does.</summary>
    /// <param name="connections">How many connections a process will have open.</param>
    public static string? ComplaintAbout(int connections)
    {
        if (!OperatingSystem.IsLinux())
        {
            return "The load generator speaks to Linux's kernel.";
        }

        var needed = connections + OtherFiles;
        return MostConnections < connections
            ? $"A process may open {FileLimit} files here, and {connections} connections take {needed}. Raise it first: `ulimit -Hn {needed}`."
            : null;
    }

    private static string ProcessorName =>
        File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal)) is { } line
            ? line[(line.IndexOf(':') + 2)..]
            : $"{RuntimeInformation.ProcessArchitecture}";
}
