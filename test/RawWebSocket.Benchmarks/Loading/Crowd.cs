using System.Text;
using RawWebSocket.Benchmarks.Serving;

namespace RawWebSocket.Benchmarks.Loading;

/// <summary>The connections of one load.</summary>
internal sealed class Crowd : IDisposable
{
    // So many opening handshakes are under way at once: more than a server needs to be busy, fewer than its backlog holds.
    private const int OpeningAtOnce = 64;
    private const int PatienceMilliseconds = 10_000;
    private const int BufferSize = 256 * 1024;

    // The key and its answer of RFC 6455 section 1.3.
    private const string Key = "dGhlIHNhbXBsZSBub25jZQ==";
    private const string Accept = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

    private readonly List<Peer> _peers = [];
    private readonly byte[] _request;
    private readonly LoadPlan _plan;
    private readonly int _port;
    private readonly IExchange _exchange;

    public Crowd(LoadPlan plan, int port)
    {
        _plan = plan;
        _port = port;
        _exchange = plan.Mode == LoadMode.Get ? new HttpExchange(plan, port) : new ClientFrames(plan);
        _request = Encoding.ASCII.GetBytes(
            $"GET {plan.Path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            + $"Sec-WebSocket-Key: {Key}\r\nSec-WebSocket-Version: 13\r\n{ExtensionHeader(plan.Compression)}\r\n");
    }

    public EventPoll Poll { get; } = new();

    public byte[] Buffer { get; } = new byte[BufferSize];

    public int Count => _peers.Count;

    public Peer this[int tag] => _peers[tag];

    /// <summary>Opens so many connections more; returns when the last has its 101, or, where there is none to wait for, is connected.</summary>
    public void Open(int count)
    {
        var wanted = _peers.Count + count;
        while (_plan.Mode == LoadMode.Get && _peers.Count < wanted)
        {
            Connect();
        }

        var answered = _peers.Count;
        while (answered < wanted)
        {
            while (_peers.Count < wanted && _peers.Count - answered < OpeningAtOnce)
            {
                Connect().SendRequest(_request);
            }

            var ready = Poll.Wait(PatienceMilliseconds);
            if (ready == 0)
            {
                throw new TimeoutException("The server does not answer opening handshakes.");
            }

            for (var i = 0; i < ready; i++)
            {
                answered += IsOpened(_peers[Poll.TagOf(i)]) ? 1 : 0;
            }
        }
    }

    /// <summary>Closes all connections.</summary>
    public void Close()
    {
        _peers.ForEach(static peer => peer.Dispose());
        _peers.Clear();
    }

    public void Dispose()
    {
        Close();
        Poll.Dispose();
    }

    private Peer Connect()
    {
        var peer = new Peer(_port, _exchange, _plan.InFlight);
        _peers.Add(peer);
        peer.Watch(Poll, _peers.Count - 1);
        return peer;
    }

    // Servers here send their answer in one write, and nothing after it before they are spoken to.
    private bool IsOpened(Peer peer)
    {
        var count = peer.Receive(Buffer);
        if (count == 0)
        {
            return false;
        }

        var answer = Encoding.Latin1.GetString(Buffer, 0, count);
        return answer.StartsWith("HTTP/1.1 101 ", StringComparison.Ordinal)
            && answer.EndsWith("\r\n\r\n", StringComparison.Ordinal)
            && answer.Contains(Accept, StringComparison.Ordinal)
            && answer.Contains("permessage-deflate", StringComparison.Ordinal) == (_plan.Compression != DeflateMode.Off)
                ? true
                : throw new InvalidDataException($"The server answered an opening handshake with: {answer}");
    }

    private static string ExtensionHeader(DeflateMode compression) => compression switch
    {
        DeflateMode.Shared =>
            "Sec-WebSocket-Extensions: permessage-deflate; client_no_context_takeover; server_no_context_takeover\r\n",
        DeflateMode.Dedicated => "Sec-WebSocket-Extensions: permessage-deflate\r\n",
        _ => "",
    };
}
