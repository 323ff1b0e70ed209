using System.Globalization;

namespace RawWebSocket.Abuse.Running;

/// <summary>How many files, and so sockets, a process may have open.</summary>
internal static class FileLimit
{
    // 10,000 connections, and what a process has open besides.
    private const int Needed = 10_500;

    /// <summary>What stands against ten thousand connections; null when nothing does, or when the system does not say.</summary>
    public static string? Complaint()
    {
        const string Limits = "/proc/self/limits";
        if (!File.Exists(Limits))
        {
            return null;
        }

        var line = File.ReadLines(Limits).First(line => line.StartsWith("Max open files", StringComparison.Ordinal));
        var value = line["Max open files".Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries)[0];
        return value != "unlimited" && long.Parse(value, CultureInfo.InvariantCulture) < Needed
            ? $"A process may open {value} files here, and 10,000 connections take {Needed}. Run `ulimit -n {Needed}` first."
            : null;
    }
}
