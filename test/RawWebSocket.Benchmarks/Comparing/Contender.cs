using RawWebSocket.Benchmarks.Serving;

namespace RawWebSocket.Benchmarks.Comparing;

/// <summary>Who takes part in a row.</summary>
/// <param name="Name">As the table has it.</param>
/// <param name="Engine">The server.</param>
internal sealed record Contender(string Name, Engine Engine)
{
    public static readonly Contender Raw = new("RawWebSocket", Engine.Raw);
    public static readonly Contender BuiltIn = new("built-in", Engine.BuiltIn);
    public static readonly Contender Floor = new("floor", Engine.Floor);
    public static readonly Contender ZeroByteReads = new("built-in, zero-byte reads", Engine.BuiltIn) { Path = "/zb" };
    public static readonly Contender TunedRaw = new("RawWebSocket, tuned host", Engine.Raw) { Host = HostSetup.Tuned };
    public static readonly Contender TunedFloor = new("floor, tuned host", Engine.Floor) { Host = HostSetup.Tuned };
    public static readonly Contender Blocks = new("RawWebSocket, long blocks", Engine.Raw) { Host = HostSetup.Blocks };
    public static readonly Contender Scheduling = new("RawWebSocket, inline scheduling", Engine.Raw) { Host = HostSetup.Scheduling };
    public static readonly Contender Completions =
        new("RawWebSocket, and inline completions", Engine.Raw) { Host = HostSetup.Completions };
    public static readonly Contender Piped = new("RawWebSocket, no direct sends", Engine.Raw) { SendsThroughPipe = true };
    public static readonly Contender Workstation = new("RawWebSocket, workstation GC", Engine.Raw) { HasWorkstationCollector = true };

    /// <summary>Somebody else's server, built from <c>rival.cpp</c>; none of the engines.</summary>
    public static Contender Rival(string program) => new("uWebSockets", default) { Program = program };

    /// <summary>The same server from another build of this program, such as that of the commit before.</summary>
    /// <param name="build">That build's assembly.</param>
    public Contender Before(string build) => this with { Name = $"{Name}, before", Build = build };

    /// <summary>The program, when it is not this one: it prints its port and listens on 127.0.0.1 as the others do.</summary>
    public string? Program { get; private init; }

    /// <summary>The assembly of this program's other build that serves; null for this one.</summary>
    public string? Build { get; private init; }

    /// <summary>Where it listens, when that is not where all others do.</summary>
    public string? Path { get; private init; }

    /// <summary>How its host is set up.</summary>
    public HostSetup Host { get; private init; }

    /// <summary>Whether it sends through Kestrel's pipe only.</summary>
    public bool SendsThroughPipe { get; private init; }

    /// <summary>Whether it collects garbage as a desktop application does, not as a web application does by default.</summary>
    public bool HasWorkstationCollector { get; private init; }
}
