using System.Buffers;
using System.Diagnostics.Metrics;
using System.IO.Pipelines;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using RawWebSocket.Compression;
using RawWebSocket.Connections;
using RawWebSocket.Connections.Lifetime;
using RawWebSocket.Connections.Rates;
using RawWebSocket.Connections.Transports;
using RawWebSocket.Diagnostics;
using RawWebSocket.Groups;
using RawWebSocket.Protocol;
using RawWebSocket.Tests.Wire;

namespace RawWebSocket.Tests.Connections;

/// <summary>What the connections of one test share: a clock that the test moves, a group directory, the open ones.</summary>
internal sealed class ConnectionsRig : IDisposable
{
    private readonly Meter _meter = new("test");
    private readonly ServiceProvider _provider = new ServiceCollection().BuildServiceProvider();
    private readonly RateLimits _rates = new();
    private readonly ConnectionServices _services;
    private readonly List<MemoryTransport> _transports = [];

    public ConnectionsRig(long memoryBudget = 1024 * 1024 * 1024)
    {
        Memory = new MemoryBudget(memoryBudget);
        Open = new OpenConnections(Time, static (_, exception) => Assert.Fail($"{exception}"), _ => IsBehind);
        Directory = new GroupDirectory(Open);
        _services = new ConnectionServices(
            Time,
            NullLogger.Instance,
            new WebSocketMetrics(_meter, () => Open.Count, () => Memory.Held),
            _provider.GetRequiredService<IServiceScopeFactory>(),
            Open,
            Memory,
            _rates,
            new CompressionService(Memory, Time),
            Directory,
            Stopping: default);
    }

    public ManualTimeProvider Time { get; } = new();

    /// <summary>Whether the process is behind with its own work, from the next beat on.</summary>
    public bool IsBehind { get; set; }

    /// <summary>By default more than is needed.</summary>
    public MemoryBudget Memory { get; }

    /// <summary>Completes when something is held.</summary>
    public async Task SomethingIsHeld()
    {
        while (Memory.Held == 0)
        {
            await Task.Delay(1);
        }
    }

    public GroupDirectory Directory { get; }

    public OpenConnections Open { get; }

    /// <summary>A connection whose opening handshake is done and that does not run yet.</summary>
    public async Task<ConnectionRig> ConnectAsync(string? user = null, RawWebSocketOptions? options = null, MemoryTransport? memory = null)
    {
        ConnectionRig? rig = null;
        var application = new ActivatedHandler(new DelegateApplication(connection => rig!.Handler!(connection)));
        options ??= new RawWebSocketOptions();
        options.UserIdentifier = _ => user;
        return rig = await ConnectAsync(memory ?? new MemoryTransport(), options, application);
    }

    /// <summary>A connection that does not run yet, whose messages a handler is given.</summary>
    public Task<ConnectionRig> ConnectAsync(MemoryTransport memory, RawWebSocketOptions options, IWebSocketHandler handler) =>
        ConnectAsync(memory, options, new ActivatedHandler(new HandlerApplication(handler), handler));

    /// <summary>A connection that does not run yet, with context takeover both ways, and a delegate that waits for its end.</summary>
    public Task<ConnectionRig> ConnectCompressedAsync()
    {
        var application = new ActivatedHandler(new DelegateApplication(static async connection =>
        {
            while (await connection.ReceiveAsync() is not null)
            {
            }
        }));
        var options = new RawWebSocketOptions { Compression = { Mode = WebSocketCompressionMode.Dedicated } };
        return ConnectAsync(
            new MemoryTransport(MemoryTransport.Inline), options, application, new DeflateAgreement(false, false, null, null));
    }

    private async Task<ConnectionRig> ConnectAsync(
        MemoryTransport memory, RawWebSocketOptions options, ActivatedHandler application, DeflateAgreement? compression = null)
    {
        _transports.Add(memory);
        var upgraded = await Transport.UpgradeAsync(memory.Context);
        var opening = new Opening(memory.Context, options, subprotocol: null, compression);
        return new ConnectionRig(new Connection(new ConnectionEndpoint(_services, options), upgraded, opening, application), memory);
    }

    public void Dispose()
    {
        Open.Dispose();
        _rates.Dispose();
        _transports.ForEach(static transport => transport.Dispose());
        _meter.Dispose();
        _provider.Dispose();
    }
}

/// <summary>A connection and its peer.</summary>
internal sealed class ConnectionRig(Connection connection, MemoryTransport transport)
{
    // Never waited for when all is well.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly List<byte> _unparsed = [];
    private readonly Queue<ServerFrame> _frames = new();

    public Connection Connection { get; } = connection;

    public MemoryTransport Transport { get; } = transport;

    /// <summary>Runs the connection; the task ends when it has.</summary>
    public Task Run(Func<WebSocketConnection, Task> handler)
    {
        Handler = handler;
        return Task.Run(Connection.RunAsync).WaitAsync(Patience);
    }

    /// <summary>The same on this thread, as far as the pipes let it: with inline ones nothing happens at any other time.</summary>
    public Task RunHere(Func<WebSocketConnection, Task> handler)
    {
        Handler = handler;
        return Connection.RunAsync();
    }

    /// <summary>What it runs.</summary>
    public Func<WebSocketConnection, Task>? Handler { get; private set; }

    public async Task PeerSends(params byte[] bytes) => await Transport.Peer.WriteAsync(bytes);

    /// <summary>As <see cref="PeerSends"/>, whether it is read or not.</summary>
    public void PeerWrites(params byte[] bytes)
    {
        Transport.Peer.Write(bytes);
        LeaveAlone(Transport.Peer.FlushAsync());

        // Several may be under way, of which only the last may be waited for.
        static void LeaveAlone(ValueTask<FlushResult> flush) => _ = flush.IsCompleted;
    }

    /// <summary>Completes when all that the peer has sent has been read, or its end of the pipe has gone.</summary>
    public async Task PeersBytesAreRead()
    {
        try
        {
            await Transport.Peer.FlushAsync();
        }
        catch (InvalidOperationException)
        {
            // Nothing can be written any more.
        }
    }

    /// <summary>What lies there for the peer already, such as <c>81 Hello</c>.</summary>
    public List<string> Sent()
    {
        while (Transport.AtPeer.TryRead(out var result) && !result.Buffer.IsEmpty)
        {
            Take(result.Buffer);
        }

        var sent = _frames.Select(frame => frame.ToString()).ToList();
        _frames.Clear();
        return sent;
    }

    /// <summary>The next frame for the peer.</summary>
    public async Task<string> NextFrame()
    {
        while (_frames.Count == 0)
        {
            var result = await Transport.AtPeer.ReadAsync().AsTask().WaitAsync(Patience);
            result.IsCompleted.ShouldBeFalse("No frame came.");
            Take(result.Buffer);
        }

        var frame = _frames.Dequeue();
        return frame.Opcode == 8 ? Closing(frame.Payload) : frame.ToString();
    }

    private static string Closing(byte[] payload) =>
        payload.Length == 0 ? "88" : $"88 {(payload[0] << 8) + payload[1]} {Encoding.UTF8.GetString(payload.AsSpan(2))}";

    private void Take(ReadOnlySequence<byte> bytes)
    {
        _unparsed.AddRange(bytes.ToArray());
        Transport.AtPeer.AdvanceTo(bytes.End);
        ServerFrame.TakeAll(_unparsed).ForEach(_frames.Enqueue);
    }
}
