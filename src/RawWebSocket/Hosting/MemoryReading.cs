using System.Globalization;

namespace RawWebSocket.Hosting;

/// <summary>What memory the process uses, and may use. In a container the limits are the container's.</summary>
/// <param name="Heap">Managed memory in use, garbage included, in bytes.</param>
/// <param name="MaxHeap">What it may be at most; more ends in <see cref="OutOfMemoryException"/>.</param>
/// <param name="Own">Memory of the process that nobody else uses and no file backs, in bytes: the heap and all that is native.</param>
/// <param name="MaxOwn">What counts as much; somewhat above it the system ends the process.</param>
internal readonly record struct MemoryReading(long Heap, long MaxHeap, long Own, long MaxOwn)
{
    private const string Statistics = "/proc/self/statm";

    /// <summary>Takes the figures of this moment, which costs some microseconds.</summary>
    public static MemoryReading Take()
    {
        var info = GC.GetGCMemoryInfo(GCKind.Any);
        var heap = GC.GetTotalMemory(forceFullCollection: false);
        return new(heap, info.TotalAvailableMemoryBytes, ReadOwn(), info.HighMemoryLoadThresholdBytes);
    }

    /// <summary>Whether more of it is used than may be.</summary>
    /// <param name="maxLoad">Which part of the heap may be.</param>
    public bool IsShort(double maxLoad) => Heap > maxLoad * MaxHeap || (MaxOwn > 0 && Own > MaxOwn);

    private static long ReadOwn()
    {
        try
        {
            return OperatingSystem.IsLinux() ? ReadStatistics() : Environment.WorkingSet;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or FormatException)
        {
            return Environment.WorkingSet;
        }
    }

    // Pages: all, resident, and of these shared with a file or with others.
    private static long ReadStatistics()
    {
        var pages = File.ReadAllText(Statistics).Split(' ');
        return (Number(pages[1]) - Number(pages[2])) * Environment.SystemPageSize;
    }

    private static long Number(string text) => long.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);
}
