namespace RawWebSocket.Fuzz.Connections;

/// <summary>How an input of the connection target is run: the first bytes of it.</summary>
internal sealed class ConnectionSettings
{
    public const int Size = 5;

    private static readonly int[] MessageSizes = [1_000_000, 1000, 125, 16];
    private static readonly int[] AheadSizes = [64 * 1024, 1000, 64, 1];
    private static readonly int[] FragmentSizes = [16 * 1024, 100, 7, 1];
    private static readonly int[] OutputThresholds = [0, 4096, 200, 1];
    private static readonly TimeSpan[] Pauses = [TimeSpan.Zero, TimeSpan.Zero, TimeSpan.FromSeconds(0.3), TimeSpan.FromSeconds(7)];

    private readonly byte _limits;

    public ConnectionSettings(ReadOnlySpan<byte> input)
    {
        Application = (ApplicationKind)(input[0] % Enum.GetValues<ApplicationKind>().Length);
        Ending = (PeerEnding)(input[1] & 3);
        Reads = (PeerReads)((input[1] >> 2) & 3);
        OverStream = (input[1] & 0x10) != 0;
        PauseBetweenPieces = Pauses[(input[1] >> 5) & 3];
        MaxMessageSize = MessageSizes[input[2] & 3];
        ReceiveAheadBytes = AheadSizes[(input[2] >> 2) & 3];
        SendFragmentSize = FragmentSizes[(input[2] >> 4) & 3];
        OutputThreshold = OutputThresholds[input[2] >> 6];
        Pieces = (PieceSizes)(input[3] & 3);
        Seed = input[3];
        _limits = input[4];
    }

    public ApplicationKind Application { get; }

    public bool IsHandler => Application is ApplicationKind.EchoHandler or ApplicationKind.BusyHandler
        or ApplicationKind.Thrower or ApplicationKind.Pinger or ApplicationKind.YieldingHandler;

    public bool Yields => Application is ApplicationKind.YieldingHandler or ApplicationKind.YieldingLoop;

    public PeerEnding Ending { get; }

    public PeerReads Reads { get; }

    /// <summary>Over the upgrade stream rather than the server's own pipe.</summary>
    public bool OverStream { get; }

    /// <summary>How much time passes after each piece.</summary>
    public TimeSpan PauseBetweenPieces { get; }

    public int MaxMessageSize { get; }

    public int ReceiveAheadBytes { get; }

    public int SendFragmentSize { get; }

    /// <summary>How many bytes the peer may leave unread before the server is held up, in bytes; 0 for any number.</summary>
    public int OutputThreshold { get; }

    public PieceSizes Pieces { get; }

    /// <summary>Decides whatever else is open.</summary>
    public int Seed { get; }

    /// <summary>Whether a limit is so tight that what a peer says may not be heard to its end.</summary>
    public bool HasTightLimits => (_limits & 7) > 3;

    /// <summary>The endpoint's options.</summary>
    public RawWebSocketOptions ToOptions(TimeProvider time)
    {
        var options = new RawWebSocketOptions
        {
            MaxMessageSize = MaxMessageSize,
            ReceiveAheadBytes = ReceiveAheadBytes,
            SendFragmentSize = SendFragmentSize,
            MaxFragmentsPerMessage = int.MaxValue,
            MaxControlFramesPerSecond = 1_000_000,
            MaxMessagesPerSecond = null,
            MaxBytesPerSecond = null,
            SlowReaderPolicy = (SlowReaderPolicy)((_limits >> 3) & 3),
            MaxQueuedBytes = (_limits & 0x20) != 0 ? 1024 * 1024 : 100,
        };
        Tighten(options, time);
        return options;
    }

    private void Tighten(RawWebSocketOptions options, TimeProvider time)
    {
        switch (_limits & 7)
        {
            case 4:
                options.MaxControlFramesPerSecond = 3;
                break;
            case 5:
                options.MessageRateLimiter = new VirtualRateLimiter(time, perSecond: 5);
                options.RateLimitAction = (RateLimitAction)(_limits >> 7);
                break;
            case 6:
                options.ByteRateLimiter = new VirtualRateLimiter(time, perSecond: 200);
                options.RateLimitAction = (RateLimitAction)(_limits >> 7);
                break;
            case 7:
                options.MaxFragmentsPerMessage = 3;
                options.MessageTimeout = TimeSpan.FromSeconds(2);
                options.IdleTimeout = TimeSpan.FromSeconds(20);
                break;
        }
    }
}

/// <summary>How the peer goes.</summary>
internal enum PeerEnding
{
    /// <summary>With a FIN, once it has read everything.</summary>
    Finishes,

    /// <summary>With an RST.</summary>
    Resets,

    /// <summary>Not at all: it just says nothing more.</summary>
    FallsSilent,

    /// <summary>It stays, and the server shuts down.</summary>
    IsSentAway,
}

internal enum PeerReads
{
    Always,
    AlwaysToo,

    /// <summary>After every third piece, and not much.</summary>
    Seldom,
    Never,
}

internal enum PieceSizes
{
    AllAtOnce,
    Single,
    Short,
    Mixed,
}
