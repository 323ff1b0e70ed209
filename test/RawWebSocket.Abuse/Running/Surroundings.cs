using System.Globalization;

namespace RawWebSocket.Abuse.Running;

/// <summary>What the machine must have to spare. Where the system does not say, nothing is said.</summary>
internal static class Surroundings
{
    private const string Limits = "/proc/self/limits";
    private const string LimitName = "Max open files";
    private const string Load = "/proc/loadavg";

    // 10,000 connections, and what a process has open besides.
    private const int FilesNeeded = 10_500;

    /// <summary>What stands against ten thousand connections; null when nothing does.</summary>
    public static string? Complaint()
    {
        if (!File.Exists(Limits))
        {
            return null;
        }

        var line = File.ReadLines(Limits).First(line => line.StartsWith(LimitName, StringComparison.Ordinal));
        var files = line[LimitName.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries)[0];
        return files != "unlimited" && long.Parse(files, CultureInfo.InvariantCulture) < FilesNeeded
            ? $"A process may open {files} files here, and 10,000 connections take {FilesNeeded}. Run `ulimit -n {FilesNeeded}` first."
            : null;
    }

    /// <summary>What will make the well-behaved client's round trips say less about the server; null when nothing is seen.</summary>
    public static string? Warning()
    {
        if (!File.Exists(Load))
        {
            return null;
        }

        var load = double.Parse(File.ReadAllText(Load).Split(' ')[0], CultureInfo.InvariantCulture);
        return load > Environment.ProcessorCount / 2.0
            ? FormattableString.Invariant(
                $"others keep this machine busy (load {load:0.0} on {Environment.ProcessorCount} processors); round trips will show it.")
            : null;
    }
}
