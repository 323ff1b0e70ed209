namespace RawWebSocket.Abuse.Scenarios;

/// <summary>Every scenario, in the order of the report.</summary>
internal static class Catalogue
{
    public static IReadOnlyList<Scenario> All { get; } =
    [
        new HandshakeSlowloris(),
        new MessageSlowloris(),
        new HalfFrames(),
        new TinyFragments(),
        new PingFlood(),
        new MessageFlood(),
        new ByteFlood(),
        new EmptyBlocks(),
        new CloseStorm(),
        new RstStorm(),
        new SlowReaders(),
        new DeafEcho(),
        new HoardedMemory(),
        new TinyHoardsInSmallBudget(),
        new TinyHoardsByDefault(),
        new OneAddress(),
        new TenThousand(),
        new HugeClaim(),
        new DeafToClose(),
        new StarvedPool(),
        new StoppedServer(),
        new SlowGoodbye(tuned: false),
        new SlowGoodbye(tuned: true),
        new BlockedHandlers(tuned: false),
        new BlockedHandlers(tuned: true),
        new KillNine(),
        new Shutdown(),
        new SmallContainer(256, isTuned: false),
        new SmallContainer(256, isTuned: true),
        new SmallContainer(512, isTuned: false),
        new SmallContainer(512, isTuned: true),
    ];

    /// <summary>The scenario of this name.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    public static Scenario Find(string name) => All.FirstOrDefault(scenario => scenario.Name == name)
        ?? throw new ArgumentException($"There is no scenario {name}; --list names them.");
}
