using RawWebSocket.Benchmarks.Loading;
using RawWebSocket.Benchmarks.Serving;

namespace RawWebSocket.Benchmarks.Comparing;

/// <summary>What one run of the load has shown about one server.</summary>
internal sealed record Measurement(Row Row, Contender Contender, int Round, LoadResult Result)
{
    /// <summary>The server's processor time for a message, a delivery or an opening handshake, in microseconds.</summary>
    public double? CpuMicroseconds => IsIdle ? null : (Result.After.CpuSeconds - Result.Before.CpuSeconds) * 1e6 / Result.Count;

    public double? PerSecond => IsIdle ? null : Result.Count / Result.Seconds;

    /// <summary>What the server has allocated for each on the managed heap, in bytes; null when it has none.</summary>
    public double? AllocatedBytes =>
        Result.After.AllocatedBytes > 0 ? (double)(Result.After.AllocatedBytes - Result.Before.AllocatedBytes) / Result.Count : null;

    /// <summary>By how much the server's memory has grown for each connection, in KiB.</summary>
    public double? ResidentKiB => IsIdle ? (Result.After.ResidentBytes - Result.Before.ResidentBytes) / 1024.0 / Result.Count : null;

    /// <summary>What the server sent, frame headers and all, as a part of what its messages hold.</summary>
    public double? PartOnWire =>
        IsIdle || Row.Plan.Compression == DeflateMode.Off ? null : (double)Result.ReceivedBytes / (Result.Count * Row.Plan.Size);

    private bool IsIdle => Row.Plan.Mode is LoadMode.Idle or LoadMode.Spoken;
}
