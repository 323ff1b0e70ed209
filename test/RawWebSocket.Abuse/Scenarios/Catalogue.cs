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

    /// <summary>What a report on this host has: on the default everything, on another each scenario once, in its form for that host.</summary>
    public static IReadOnlyList<Scenario> On(ServerHost host)
    {
        var own = All.Where(scenario => scenario.Host == host).Select(static scenario => scenario.Name).ToHashSet();
        return host == ServerHost.Default ? All : [.. All.Where(IsIn)];

        bool IsIn(Scenario scenario) => own.Contains(scenario.Name)
            || (scenario.Host == ServerHost.Default && !own.Contains(Scenario.NameOn(scenario.Name, host)));
    }

    /// <summary>The scenario of this name.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    public static Scenario Find(string name) => All.FirstOrDefault(scenario => scenario.Name == name)
        ?? throw new ArgumentException($"There is no scenario {name}; --list names them.");
}
