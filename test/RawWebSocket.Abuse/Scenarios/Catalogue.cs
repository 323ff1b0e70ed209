using RawWebSocket.Abuse.Server;

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
        new SlowGoodbye(ServerHost.Default),
        new SlowGoodbye(ServerHost.Transport),
        new BlockedHandlers(ServerHost.Default),
        new BlockedHandlers(ServerHost.Transport),
        new KillNine(),
        new Shutdown(),
        new SmallContainer(256, ServerHost.Default),
        new SmallContainer(256, ServerHost.Transport),
        new SmallContainer(512, ServerHost.Default),
        new SmallContainer(512, ServerHost.Transport),
    ];

    /// <summary>What a report on this host has: each scenario once, but on the default also the second forms for another host.</summary>
    public static IReadOnlyList<Scenario> On(ServerHost host) => host == ServerHost.Default
        ? All
        : [.. All.Where(static scenario => scenario.Host == ServerHost.Default)];

    /// <summary>The scenario of this name.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    public static Scenario Find(string name) => All.FirstOrDefault(scenario => scenario.Name == name)
        ?? throw new ArgumentException($"There is no scenario {name}; --list names them.");
}
