using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Globalization;

namespace RawWebSocket.Diagnostics;

/// <summary>The meter <c>RawWebSocket</c>. Nothing is counted while nobody listens.</summary>
/// <remarks>
/// Listeners run inside of the calls that count, some of them between two frames and under locks. So what a listener throws goes no further:
/// it is told once.
/// </remarks>
internal sealed class WebSocketMetrics
{
    public const string MeterName = "RawWebSocket";

    private static readonly KeyValuePair<string, object?> Incoming = new("rawwebsocket.direction", "received");
    private static readonly KeyValuePair<string, object?> Outgoing = new("rawwebsocket.direction", "sent");

    private readonly Counter<long> _opened;
    private readonly Counter<long> _closed;
    private readonly Counter<long> _messages;
    private readonly Counter<long> _bytes;
    private readonly Counter<long> _refusals;
    private readonly Counter<long> _limits;
    private readonly Counter<long> _dropped;
    private readonly Histogram<double> _duration;
    private readonly Action<Exception>? _onListenerFailed;
    private int _listenerFailed;

    /// <param name="meter">The meter.</param>
    /// <param name="openConnections">
    /// How many connections are open now. Looked at and not counted, so that it is right whenever somebody begins to listen and however a
    /// connection ends.
    /// </param>
    /// <param name="bufferedBytes">What counts against the memory budget now.</param>
    /// <param name="onListenerFailed">Told the first time that a listener throws.</param>
    public WebSocketMetrics(
        Meter meter, Func<long> openConnections, Func<long> bufferedBytes, Action<Exception>? onListenerFailed = null)
    {
        _onListenerFailed = onListenerFailed;
        meter.CreateObservableUpDownCounter(
            "rawwebsocket.connections.active", openConnections, "{connection}", "WebSockets that are open now.");
        _opened = meter.CreateCounter<long>("rawwebsocket.connections.opened", "{connection}", "WebSockets opened.");
        _closed = meter.CreateCounter<long>(
            "rawwebsocket.connections.closed", "{connection}", "WebSockets ended, by close code, closer and limit.");
        _duration = meter.CreateHistogram<double>(
            "rawwebsocket.connections.duration", "s", "How long WebSockets lived, by close code and closer.");
        _messages = meter.CreateCounter<long>("rawwebsocket.messages", "{message}", "Messages, by direction.");
        _bytes = meter.CreateCounter<long>("rawwebsocket.bytes", "By", "Bytes of frames with their headers, by direction.");
        _refusals = meter.CreateCounter<long>("rawwebsocket.refusals", "{request}", "Opening handshakes refused, by reason.");
        _limits = meter.CreateCounter<long>("rawwebsocket.limits", "{event}", "Limits reached by a peer, by limit.");
        _dropped = meter.CreateCounter<long>(
            "rawwebsocket.messages.dropped", "{message}", "Messages not sent because the peer did not read, by reason.");
        meter.CreateObservableGauge(
            "rawwebsocket.memory.buffered",
            bufferedBytes,
            "By",
            "Messages that wait, or have half arrived: what the memory budget limits.");
    }

    public void ConnectionOpened() => Add(_opened, 1, default(TagList));

    public void ConnectionClosed(WebSocketClosure closure)
    {
        if (!_closed.Enabled && !_duration.Enabled)
        {
            return;
        }

        var tags = new TagList
        {
            { "rawwebsocket.close_code", CodeOf(closure) },
            { "rawwebsocket.closed_by", closure.By.Tag() },
        };
        Record(_duration, closure.Lifetime.TotalSeconds, tags);
        if (closure.Limit is { } limit)
        {
            tags.Add("rawwebsocket.limit", limit.Tag());
        }

        Add(_closed, 1, tags);
    }

    // A peer may close with any of two thousand codes, and must not choose
    // how many series a dashboard has: its own are told by the thousand.
    private static string CodeOf(WebSocketClosure closure) => (closure.By, (int)closure.Code) switch
    {
        (ClosedBy.Peer, >= 3000 and < 4000) => "3xxx",
        (ClosedBy.Peer, >= 4000) => "4xxx",
        (_, var code) => code.ToString(CultureInfo.InvariantCulture),
    };

    public void LimitReached(WebSocketLimit limit)
    {
        if (_limits.Enabled)
        {
            Add(_limits, 1, new("rawwebsocket.limit", limit.Tag()));
        }
    }

    /// <summary>A message was not sent: <c>newest</c>, <c>oldest</c> or <c>replaced</c>.</summary>
    public void MessageDropped(string reason) => Add(_dropped, 1, new("rawwebsocket.reason", reason));

    public void MessagesReceived(int count) => Count(_messages, count, Incoming);

    public void BytesReceived(long bytes) => Count(_bytes, bytes, Incoming);

    public void Sent(long bytes, int messages)
    {
        Count(_bytes, bytes, Outgoing);
        Count(_messages, messages, Outgoing);
    }

    public void Refused(string reason) => Add(_refusals, 1, new("rawwebsocket.reason", reason));

    private void Count(Counter<long> counter, long more, KeyValuePair<string, object?> direction)
    {
        if (more > 0 && counter.Enabled)
        {
            Add(counter, more, direction);
        }
    }

    private void Add(Counter<long> counter, long more, KeyValuePair<string, object?> tag)
    {
        try
        {
            counter.Add(more, tag);
        }
        catch (Exception exception)
        {
            TellListenerFailed(exception);
        }
    }

    private void Add(Counter<long> counter, long more, in TagList tags)
    {
        try
        {
            counter.Add(more, tags);
        }
        catch (Exception exception)
        {
            TellListenerFailed(exception);
        }
    }

    private void Record(Histogram<double> histogram, double value, in TagList tags)
    {
        try
        {
            histogram.Record(value, tags);
        }
        catch (Exception exception)
        {
            TellListenerFailed(exception);
        }
    }

    private void TellListenerFailed(Exception exception)
    {
        if (Interlocked.Exchange(ref _listenerFailed, 1) == 0)
        {
            _onListenerFailed?.Invoke(exception);
        }
    }
}
