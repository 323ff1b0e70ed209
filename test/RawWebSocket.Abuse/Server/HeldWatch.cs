using System.Diagnostics.Metrics;

namespace RawWebSocket.Abuse.Server;

/// <summary>Looks at what the product holds of messages, every few milliseconds, on a thread of its own.</summary>
internal sealed class HeldWatch : IDisposable
{
    private const string Instrument = "rawwebsocket.memory.buffered";

    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(5);

    private readonly MeterListener _listener = new();
    private readonly Thread _thread;
    private long _now;
    private long _most;
    private volatile bool _disposed;

    public HeldWatch()
    {
        _listener.InstrumentPublished = static (instrument, listener) =>
        {
            if (instrument.Name == Instrument)
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((_, value, _, _) =>
        {
            Volatile.Write(ref _now, value);
            Volatile.Write(ref _most, Math.Max(_most, value));
        });
        _listener.Start();
        _thread = new Thread(Run) { IsBackground = true, Name = "held", Priority = ThreadPriority.AboveNormal };
        _thread.Start();
    }

    public long Now => Volatile.Read(ref _now);

    public long Most => Volatile.Read(ref _most);

    public void Dispose()
    {
        _disposed = true;
        _thread.Join();
        _listener.Dispose();
    }

    private void Run()
    {
        while (!_disposed)
        {
            _listener.RecordObservableInstruments();

            // A thread of its own and no timer: the pool may be what is under attack.
            Thread.Sleep(Period);
        }
    }
}
