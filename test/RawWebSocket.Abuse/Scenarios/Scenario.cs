using RawWebSocket.Abuse.Reporting;
using RawWebSocket.Abuse.Running;
using RawWebSocket.Abuse.Server;

namespace RawWebSocket.Abuse.Scenarios;

/// <summary>
/// One kind of abuse. Three processes see three sides of it: the attackers run <see cref="AttackAsync"/>, the report's own process runs
/// <see cref="DirectAsync"/> and <see cref="Judge"/>, and the server knows nothing but its <see cref="Settings"/>.
/// </summary>
internal abstract class Scenario
{
    /// <summary>The name of a scenario that comes in two forms, in that for this host.</summary>
    public static string NameOn(string name, ServerHost host) => host == ServerHost.Default ? name : $"{name}-{host.Word()}";

    /// <summary>What it is called on the command line.</summary>
    public abstract string Name { get; }

    /// <summary>What the attackers do, in a line of the report.</summary>
    public abstract string Abuse { get; }

    /// <summary>The host of a scenario that has a second form for it; the others are run on the host that the report is made on.</summary>
    public virtual ServerHost Host => ServerHost.Default;

    /// <summary>The server's configuration where it differs from the defaults, to reach limits in bounded time.</summary>
    public virtual IReadOnlyDictionary<string, string> Settings { get; } = new Dictionary<string, string>();

    /// <summary>What the server's process finds in its environment besides.</summary>
    public virtual IReadOnlyDictionary<string, string> Environment { get; } = new Dictionary<string, string>();

    /// <summary>By how much the server's memory may grow, in MiB of resident set.</summary>
    public abstract int MemoryCeiling { get; }

    /// <summary>The memory of the container that the server runs in, in MiB; null for all that the machine has.</summary>
    public virtual int? ContainerMiB => null;

    /// <summary>
    /// The well-behaved client's slowest p99 in milliseconds. Two processors that server, attackers and report share are noisy, and a storm
    /// of connects costs what it costs. What is meant is that a person at the other end does not notice, where an unguarded server makes it
    /// wait for seconds.
    /// </summary>
    public virtual double SlowestP99 => 400;

    /// <summary>When the attack ends at the latest.</summary>
    public virtual TimeSpan Limit => TimeSpan.FromSeconds(30);

    /// <summary>Whether the server's process must be there afterwards, as it was.</summary>
    public virtual bool EndsServer => false;

    /// <summary>Whether the server is kept from answering, by its own handlers or from outside: nobody is quick then.</summary>
    public virtual bool StallsServer => false;

    /// <summary>
    /// How long after the attack the server may take to be as it was. The thread pool lets go of a thread that has been idle for 20 seconds,
    /// and a tuned host of a block that has been idle for 10 to 20.
    /// </summary>
    public virtual TimeSpan RecoveryLimit => TimeSpan.FromSeconds(25);

    /// <summary>Whether the server must be as it was before soon after.</summary>
    public virtual bool Recovers => !EndsServer;

    /// <summary>The attack, in a process of its own.</summary>
    public abstract Task AttackAsync(Attack attack);

    /// <summary>What happens to the server and to the attackers meanwhile; by default they are awaited.</summary>
    public virtual async Task DirectAsync(Stage stage) => await stage.AwaitAttackersAsync();

    /// <summary>What must be true beyond what <see cref="ScenarioRun"/> demands of every scenario.</summary>
    public abstract void Judge(Evidence seen, Verdict verdict);

    /// <summary>What the server did, in a line of the report; by default how it ended its connections.</summary>
    public virtual string Describe(Evidence seen) => seen.Endings();
}
