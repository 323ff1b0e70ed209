using System.Diagnostics;
using System.Globalization;

namespace RawWebSocket.Abuse.Running;

/// <summary>
/// What processes that have no part in this take of the processors meanwhile. Round trips of a server that hardly ever runs say nothing
/// about the server.
/// </summary>
internal sealed class Bystanders
{
    private const string Statistics = "/proc/stat";

    // The kernel counts in hundredths of a second here, whatever its own clock does.
    private const double TicksPerSecond = 100;

    private readonly long _begun = Stopwatch.GetTimestamp();
    private readonly double _busy = BusySeconds();
    private readonly Func<double> _ownSeconds;
    private readonly double _own;

    /// <summary>Starts to watch.</summary>
    /// <param name="ownSeconds">What those who have a part in this have used, in seconds of processor time.</param>
    public Bystanders(Func<double> ownSeconds)
    {
        _ownSeconds = ownSeconds;
        _own = ownSeconds();
    }

    /// <summary>How many processors they took on average, in words; nothing where the system does not say.</summary>
    public string Describe()
    {
        var seconds = Stopwatch.GetElapsedTime(_begun).TotalSeconds;
        var taken = Math.Max(0, BusySeconds() - _busy - (_ownSeconds() - _own)) / seconds;
        return File.Exists(Statistics)
            ? FormattableString.Invariant($", while others took {taken:0.0} of {Environment.ProcessorCount} processors")
            : "";
    }

    // The first line: user, nice and system time of all processors.
    private static double BusySeconds() => File.Exists(Statistics)
        ? File.ReadLines(Statistics).First().Split(' ', StringSplitOptions.RemoveEmptyEntries).Skip(1).Take(3)
            .Sum(ticks => double.Parse(ticks, CultureInfo.InvariantCulture)) / TicksPerSecond
        : 0;
}
