using System.Diagnostics.Metrics;

namespace RawWebSocket.Abuse.Server;

/// <summary>Adds up what the product's meter counts, by instrument and tags.</summary>
internal sealed class MeterReading : IDisposable
{
    private const string MeterName = "RawWebSocket";
    private const string Active = "rawwebsocket.connections.active";

    // These count every frame; nobody asks for them, and they would cost as much as the frame.
    private static readonly string[] PerFrame = ["rawwebsocket.messages", "rawwebsocket.bytes"];

    private readonly TallyBook _sums = new();
    private readonly MeterListener _listener = new();

    public MeterReading()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == MeterName && !PerFrame.Contains(instrument.Name))
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
        });
        _listener.Start();
    }

    public long Open => _sums[Active];

    public Dictionary<string, long> ToDictionary() => _sums.ToDictionary();

    public void Dispose() => _listener.Dispose();

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
