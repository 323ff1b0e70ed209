using System.Diagnostics.Metrics;

namespace RawWebSocket.Abuse.Server;

/// <summary>Adds up what the product's meter counts, by instrument and tags.</summary>
internal sealed class MeterReading : IDisposable
{
    private const string MeterName = "RawWebSocket";
    private const string PoolMeterName = "Microsoft.AspNetCore.MemoryPool";
    private const string Pooled = "aspnetcore.memory_pool.pooled";
    private const string Active = "rawwebsocket.connections.active";

    // These count every frame; nobody asks for them, and they would cost as much as the frame.
    private static readonly string[] PerFrame = ["rawwebsocket.messages", "rawwebsocket.bytes"];

    private readonly TallyBook _sums = new();
    private readonly MeterListener _listener = new();
    private long _open;

    public MeterReading()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (IsWanted(instrument))
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
        {
            if (!instrument.IsObservable)
            {
                _sums.Add(NameOf(instrument, tags), value);
            }
            else if (instrument.Name == Active)
            {
                Volatile.Write(ref _open, value);
            }
        });
        _listener.Start();
    }

    /// <summary>How many connections are open: asked for, since nobody is told of a change.</summary>
    public long Open
    {
        get
        {
            _listener.RecordObservableInstruments();
            return Volatile.Read(ref _open);
        }
    }

    /// <summary>What Kestrel keeps for later in its own pools and gives back over minutes.</summary>
    public long PooledBytes =>
        _sums.ToDictionary().Where(sum => sum.Key.StartsWith(Pooled, StringComparison.Ordinal)).Sum(sum => sum.Value);

    public Dictionary<string, long> ToDictionary() => _sums.ToDictionary();

    public void Dispose() => _listener.Dispose();

    private static bool IsWanted(Instrument instrument) =>
        (instrument.Meter.Name == MeterName && !PerFrame.Contains(instrument.Name))
        || (instrument.Meter.Name == PoolMeterName && instrument.Name == Pooled);

    private static string NameOf(Instrument instrument, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var name = instrument.Name;
        foreach (var (key, value) in tags)
        {
            name += $" {key}={value}";
        }

        return name;
    }
}
