using RawWebSocket.Benchmarks.Running;
using RawWebSocket.Benchmarks.Serving;

namespace RawWebSocket.Benchmarks.Holding;

/// <summary>How many idle connections are held, for how long, and by which host.</summary>
/// <param name="Asked">How many were asked for.</param>
/// <param name="Connections">How many there are, as far as the system lets a process open them.</param>
/// <param name="Time">How long they are held.</param>
/// <param name="Host">The server's host.</param>
internal sealed record HoldPlan(int Asked, int Connections, TimeSpan Time, HostSetup Host)
{
    // As many as RawWebSocket lets in by default.
    private const int Most = 100_000;
    private const double LongestMinutes = 120;

    /// <summary>What was asked for, and the limit of open files raised for it as far as the system allows.</summary>
    public static HoldPlan From(Arguments arguments)
    {
        var asked = arguments.CountOf("--connections", Most);
        var minutes = arguments.NumberOf("--minutes", 10);
        if (asked is < 1 or > Most || minutes > LongestMinutes)
        {
            throw new ArgumentException($"1 to {Most} connections, for at most {LongestMinutes} minutes.");
        }

        Machine.RaiseFileLimit(asked);
        return new HoldPlan(
            asked,
            Math.Min(asked, Machine.MostConnections),
            TimeSpan.FromMinutes(minutes),
            arguments.OneOf("--host", HostSetup.Transport));
    }
}
