using RawWebSocket.Benchmarks.Serving;

namespace RawWebSocket.Benchmarks.Comparing;

/// <summary>Who takes part in a row.</summary>
/// <param name="Name">As the table has it.</param>
/// <param name="Engine">The server.</param>
internal sealed record Contender(string Name, Engine Engine)
{
    public static readonly Contender Raw = new("RawWebSocket", Engine.Raw);
    public static readonly Contender Transport = new("RawWebSocket, transport", Engine.Raw) { Host = HostSetup.Transport };
    public static readonly Contender BuiltIn = new("built-in", Engine.BuiltIn);
    public static readonly Contender Floor = new("floor", Engine.Floor);
    public static readonly Contender TransportFloor = new("floor, transport", Engine.Floor) { Host = HostSetup.Transport };
    public static readonly Contender ZeroByteReads = new("built-in, zero-byte reads", Engine.BuiltIn) { Path = "/zb" };
    public static readonly Contender Http = new("HTTP", Engine.Http);
    public static readonly Contender TransportHttp = new("HTTP, transport", Engine.Http) { Host = HostSetup.Transport };

    /// <summary>Somebody else's server, built from <c>rival.cpp</c>, which takes part when its program is given.</summary>
    public static readonly Contender Rival = new("uWebSockets", default) { IsRival = true };

    /// <summary>The same server on another host.</summary>
    public Contender On(HostSetup host) => this with { Host = host };

    /// <summary>The rival, which is this program.</summary>
    public Contender At(string program) => this with { Program = program };

    /// <summary>The same server from another build of this program, such as that of the commit before.</summary>
    /// <param name="build">That build's assembly.</param>
    public Contender Before(string build) => this with { Name = $"{Name}, before", Build = build };

    /// <summary>Whether something of ours serves: RawWebSocket, or the transport below somebody else.</summary>
    public bool IsOurs => !IsRival && (Engine == Engine.Raw || Host == HostSetup.Transport);

    /// <summary>Whether it is none of the engines.</summary>
    public bool IsRival { get; private init; }

    /// <summary>The program, when it is not this one: it prints its port and listens on 127.0.0.1 as the others do.</summary>
    public string? Program { get; private init; }

    /// <summary>The assembly of this program's other build that serves; null for this one.</summary>
    public string? Build { get; private init; }

    /// <summary>Where it listens, when that is not where all others do.</summary>
    public string? Path { get; private init; }

    /// <summary>How its host is set up.</summary>
    public HostSetup Host { get; private init; }
}
