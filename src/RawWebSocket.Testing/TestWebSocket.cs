using Microsoft.AspNetCore.Http;
using RawWebSocket.Testing.Frames;
using RawWebSocket.Testing.Transports;

namespace RawWebSocket.Testing;

/// <summary>
/// A client's end of one WebSocket connection, for tests: it sends whatever it is told to, legal or not, and checks everything that
/// the server sends.
/// </summary>
/// <remarks>
/// <para>
/// Opened by <c>ConnectRawWebSocketAsync</c>. Sends may run beside an expectation and beside each other; expectations run one at a time.
/// </para>
/// <para>
/// Nothing is read while no expectation waits, so a test that does not look holds the server back as a slow client would.
/// </para>
/// </remarks>
public sealed partial class TestWebSocket : IAsyncDisposable
{
    private readonly Transport _transport;
    private readonly FrameReader _reader;
    private readonly MessageAssembler _assembler = new();
    private readonly Conversation _conversation = new();
    private readonly SemaphoreSlim _sending = new(1, 1);
    private readonly bool _autoPong;
    private readonly bool _autoClose;
    private bool _closeSent;
    private TestClose? _closeReceived;
    private TestMessage? _lastMessage; // the one that the last frame finished
    private int _expecting;

    internal TestWebSocket(Transport transport, IHeaderDictionary responseHeaders, TestWebSocketOptions options)
    {
        var extension = responseHeaders.SecWebSocketExtensions.ToString();
        _transport = transport;
        _reader = new FrameReader(transport, new FrameRules(extensionAgreed: extension.Length > 0));
        _autoPong = options.AutoPong;
        _autoClose = options.AutoClose;
        Timeout = options.Timeout;
        ResponseHeaders = responseHeaders;
        Subprotocol = responseHeaders.SecWebSocketProtocol;
        Extensions = extension.Length > 0 ? extension : null;
    }

    /// <summary>The subprotocol the server chose, or null.</summary>
    public string? Subprotocol { get; }

    /// <summary>The extensions the server agreed to, as its header has them, or null. Payloads are shown as they came.</summary>
    public string? Extensions { get; }

    /// <summary>The headers of the server's 101.</summary>
    public IHeaderDictionary ResponseHeaders { get; }

    /// <summary>
    /// How long each send and each expectation may take from now on; at first <see cref="TestWebSocketOptions.Timeout"/>.
    /// </summary>
    /// <remarks>While a debugger is attached there is no limit.</remarks>
    public TimeSpan Timeout { get; set; }

    /// <summary>
    /// Drops the connection without a close frame: a FIN. The server reads the end and its <see cref="HttpContext.RequestAborted"/> is
    /// cancelled.
    /// </summary>
    public ValueTask DropAsync()
    {
        _conversation.Note("sent FIN");
        return _transport.FinishAsync();
    }

    /// <summary>Drops the connection at once: a RST. What the server has not read yet is lost, too.</summary>
    public void Abort()
    {
        _conversation.Note("sent RST");
        _transport.Abort();
    }

    /// <summary>Drops the connection if it is still open, without a closing handshake.</summary>
    public ValueTask DisposeAsync()
    {
        _transport.Dispose();
        return ValueTask.CompletedTask;
    }
}
