using System.Diagnostics.Metrics;
using System.Globalization;

namespace RawWebSocket.Diagnostics;

/// <summary>The meter <c>RawWebSocket</c>. Nothing is counted while nobody listens.</summary>
internal sealed class WebSocketMetrics
{
    public const string MeterName = "RawWebSocket";

    private static readonly KeyValuePair<string, object?> Received = new("rawwebsocket.direction", "received");
    private static readonly KeyValuePair<string, object?> Sent = new("rawwebsocket.direction", "sent");

    private readonly UpDownCounter<long> _active;
    private readonly Counter<long> _opened;
    private readonly Counter<long> _closed;
    private readonly Counter<long> _messages;
    private readonly Counter<long> _bytes;
    private readonly Counter<long> _refusals;

    public WebSocketMetrics(Meter meter)
    {
        _active = meter.CreateUpDownCounter<long>("rawwebsocket.connections.active", "{connection}", "WebSockets that are open now.");
        _opened = meter.CreateCounter<long>("rawwebsocket.connections.opened", "{connection}", "WebSockets opened.");
        _closed = meter.CreateCounter<long>("rawwebsocket.connections.closed", "{connection}", "WebSockets ended, by close code.");
        _messages = meter.CreateCounter<long>("rawwebsocket.messages", "{message}", "Messages, by direction.");
        _bytes = meter.CreateCounter<long>("rawwebsocket.bytes", "By", "Bytes of frames with their headers, by direction.");
        _refusals = meter.CreateCounter<long>("rawwebsocket.refusals", "{request}", "Opening handshakes refused, by reason.");
    }

    public void ConnectionOpened()
    {
        _active.Add(1);
        _opened.Add(1);
    }

    public void ConnectionClosed(WebSocketClosure closure)
    {
        _active.Add(-1);
        if (_closed.Enabled)
        {
            _closed.Add(1, new KeyValuePair<string, object?>(
                "rawwebsocket.close_code", ((int)closure.Code).ToString(CultureInfo.InvariantCulture)));
        }
    }

    public void MessageReceived() => _messages.Add(1, Received);

    public void MessageSent() => _messages.Add(1, Sent);

    public void BytesReceived(long bytes) => _bytes.Add(bytes, Received);

    public void BytesSent(long bytes) => _bytes.Add(bytes, Sent);

    public void Refused(string reason) => _refusals.Add(1, new KeyValuePair<string, object?>("rawwebsocket.reason", reason));
}
