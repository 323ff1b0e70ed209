using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using RawWebSocket.Transport.Input;
using RawWebSocket.Transport.Loops;
using RawWebSocket.Transport.Native;
using RawWebSocket.Transport.Output;

namespace RawWebSocket.Transport.Connections;

/// <summary>
/// A connection as Kestrel sees it. It owns the descriptor, through <see cref="SocketDescriptor"/> alone, and the two halves of the pipe.
/// </summary>
internal sealed partial class EpollConnection : ConnectionContext,
    IDuplexPipe, ILoopMember, IReceiver, ISender,
    IConnectionIdFeature, IConnectionTransportFeature, IConnectionItemsFeature, IConnectionLifetimeFeature, IConnectionEndPointFeature,
    IMemoryPoolFeature
{
    private readonly EventLoop _loop;
    private readonly SocketDescriptor _descriptor;
    private readonly SocketInput _input;
    private readonly SocketOutput _output;
    private readonly ConnectionSettings _settings;
    private readonly ILogger _logger;
    private readonly long _number = ConnectionIds.Next();
    private volatile bool _runsInline;
    private string? _id;
    private ConnectionFeatures? _features;
    private IDictionary<object, object?>? _items;

    public EpollConnection(SocketDescriptor descriptor, EventLoop loop, ConnectionSettings settings, EndPoint local, EndPoint remote)
    {
        _descriptor = descriptor;
        _loop = loop;
        _settings = settings;
        _logger = settings.Logger;
        _input = new SocketInput(this, settings.Pool, settings.MaxRead);
        _output = new SocketOutput(this, descriptor, settings.Pool, settings.MaxWrite);
        _lentInput = new LentReader(_input);
        _lentOutput = new LentWriter(_output);
        _runsInline = settings.Sockets.UnsafePreferInlineScheduling;
        Transport = this;
        LocalEndPoint = local;
        RemoteEndPoint = remote;
        ConnectionClosed = _closedSource.Token;
    }

    /// <summary>What every connection gives besides what is set on it.</summary>
    public static Type[] OwnFeatures { get; } =
    [
        typeof(IConnectionIdFeature), typeof(IConnectionTransportFeature), typeof(IConnectionItemsFeature),
        typeof(IConnectionLifetimeFeature), typeof(IConnectionEndPointFeature), typeof(IMemoryPoolFeature),
        typeof(IConnectionHandOverFeature),
    ];

    public override string ConnectionId
    {
        get => _id ??= ConnectionIds.Text(_number);
        set => _id = value;
    }

    public override IFeatureCollection Features => _features ??= new ConnectionFeatures(this);

    public override IDictionary<object, object?> Items
    {
        get => _items ??= new ConnectionItems();
        set => _items = value;
    }

    public override IDuplexPipe Transport { get; set; }

    public override EndPoint? LocalEndPoint { get; set; }

    public override EndPoint? RemoteEndPoint { get; set; }

    public override CancellationToken ConnectionClosed { get; set; }

    public MemoryPool<byte> MemoryPool => _settings.Pool;

    /// <summary>Whether what waits runs on the loop's thread when that ends the wait. The one place that decides it.</summary>
    public bool RunsInline
    {
        get => _runsInline;
        set => _runsInline = value;
    }

    /// <summary>From now on the loop may call.</summary>
    public void Start() =>
        _loop.Add(this, _descriptor.Number, EpollFlags.Readable | EpollFlags.Writable | EpollFlags.PeerClosed);
}
