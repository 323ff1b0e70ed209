using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;

namespace RawWebSocket.Integration.Tests.Kit;

internal sealed record Measured(string Instrument, long Value, IReadOnlyList<string> Tags)
{
    public bool Has(string? tag) => tag is null ? Tags.Count == 0 : Tags.Contains(tag);
}

/// <summary>Listens to the meter <c>RawWebSocket</c> of one application.</summary>
internal sealed class RecordedMetrics : IDisposable
{
    private readonly MeterListener _listener = new();

    public RecordedMetrics(TestApp app)
    {
        var meters = app.Services.GetRequiredService<IMeterFactory>();
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == "RawWebSocket" && instrument.Meter.Scope == meters)
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
            Values.Add(new Measured(instrument.Name, value, [.. tags.ToArray().Select(static tag => $"{tag.Key}={tag.Value}")])));
        _listener.Start();
    }

    public Recorder<Measured> Values { get; } = new();

    /// <summary>Waits until an instrument's measurements add up to a sum, and checks that this is all.</summary>
    public Task SumAsync(string instrument, long sum, string? tag = null) =>
        Values.UntilAsync(values =>
            values.Where(value => value.Instrument == instrument && value.Has(tag)).Sum(value => value.Value) == sum);

    /// <summary>Waits until as many connections are said to be open. Nobody is told of a change, so it is asked again and again.</summary>
    public async Task ActiveAsync(long count)
    {
        const string Instrument = "rawwebsocket.connections.active";
        var begun = Environment.TickCount64;
        while (true)
        {
            _listener.RecordObservableInstruments();
            var last = Values.Last(value => value.Instrument == Instrument).Value;
            if (last == count)
            {
                return;
            }

            (Environment.TickCount64 - begun).ShouldBeLessThan((long)Waiting.Limit.TotalMilliseconds, $"{last} are open, not {count}.");
            await Task.Delay(5);
        }
    }

    public void Dispose() => _listener.Dispose();
}
