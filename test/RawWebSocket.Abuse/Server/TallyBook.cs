using System.Collections.Concurrent;

namespace RawWebSocket.Abuse.Server;

/// <summary>Counts things by name. Thread-safe.</summary>
internal sealed class TallyBook
{
    private readonly ConcurrentDictionary<string, long> _counts = new();

    public void Add(string name, long count = 1) => _counts.AddOrUpdate(name, count, (_, sum) => sum + count);

    public long this[string name] => _counts.GetValueOrDefault(name);

    public Dictionary<string, long> ToDictionary() => new(_counts);
}
