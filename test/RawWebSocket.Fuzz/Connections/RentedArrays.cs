using System.Diagnostics.Tracing;

namespace RawWebSocket.Fuzz.Connections;

/// <summary>Which arrays of the shared pool are out, by the events that the runtime writes when one is rented and returned.</summary>
internal sealed class RentedArrays : EventListener
{
    private const string PoolSource = "System.Buffers.ArrayPoolEventSource";
    private const int RentedEvent = 1;
    private const int ReturnedEvent = 3;

    // Set where the execution runs, and wherever it is continued: what other threads of the process rent is not looked at.
    private readonly AsyncLocal<bool> _isOurs = new();
    private readonly Lock _gate = new();
    private readonly Dictionary<int, int> _sizes = [];
    private long _bytes;

    /// <summary>How many bytes were out at the worst moment since <see cref="Begin"/>.</summary>
    public long PeakBytes { get; private set; }

    /// <summary>How many arrays are out that were rented since <see cref="Begin"/>.</summary>
    public int Out
    {
        get
        {
            lock (_gate)
            {
                return _sizes.Count;
            }
        }
    }

    public void Begin()
    {
        _isOurs.Value = true;
        lock (_gate)
        {
            _sizes.Clear();
            _bytes = 0;
            PeakBytes = 0;
        }
    }

    public void End() => _isOurs.Value = false;

    protected override void OnEventSourceCreated(EventSource eventSource)
    {
        if (eventSource.Name == PoolSource)
        {
            EnableEvents(eventSource, EventLevel.Verbose);
        }
    }

    protected override void OnEventWritten(EventWrittenEventArgs eventData)
    {
        if (eventData.EventId is not (RentedEvent or ReturnedEvent) || eventData.Payload is not [int array, int size, ..])
        {
            return;
        }

        // Null while the base class is being made, which is when events begin to come.
        if (_gate is null || _isOurs is null)
        {
            return;
        }

        lock (_gate)
        {
            if (eventData.EventId == ReturnedEvent)
            {
                _bytes -= _sizes.Remove(array, out var returned) ? returned : 0;
            }
            else if (_isOurs.Value)
            {
                _sizes[array] = size;
                _bytes += size;
                PeakBytes = Math.Max(PeakBytes, _bytes);
            }
        }
    }
}
