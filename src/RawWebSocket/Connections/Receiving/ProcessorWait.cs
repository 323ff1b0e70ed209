using System.Globalization;

namespace RawWebSocket.Connections.Receiving;

/// <summary>Reads how long a thread was ready to run and had no processor, as Linux counts it.</summary>
internal static class ProcessorWait
{
    private const string CurrentThread = "/proc/thread-self";

    /// <summary>
    /// What reads it for the calling thread, from any thread and at any time; that gives null where there is no such count, or no such
    /// thread any more.
    /// </summary>
    public static Func<TimeSpan?> OfCurrentThread()
    {
        try
        {
            if (OperatingSystem.IsLinux() && new FileInfo(CurrentThread).LinkTarget is { } target)
            {
                var path = $"/proc/{target}/schedstat";
                return () => Read(path);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // A system that shows no processes.
        }

        return static () => null;
    }

    // Three numbers: nanoseconds on a processor, nanoseconds of waiting for one, and how often.
    private static TimeSpan? Read(string path)
    {
        try
        {
            return File.ReadAllText(path).Split(' ') is [_, var waited, ..]
                && long.TryParse(waited, NumberStyles.None, CultureInfo.InvariantCulture, out var nanoseconds)
                    ? TimeSpan.FromMicroseconds(nanoseconds / 1000.0)
                    : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
