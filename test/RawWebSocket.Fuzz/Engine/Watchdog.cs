namespace RawWebSocket.Fuzz.Engine;

/// <summary>Ends the program when one input runs far too long, since nothing else can end a parser that has stopped to advance.</summary>
internal sealed class Watchdog : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly Timer _timer;

    /// <param name="fuzzers">Who runs the inputs.</param>
    /// <param name="patience">How long one may run.</param>
    /// <param name="onHang">Told which input it was; the program ends when it returns.</param>
    public Watchdog(IReadOnlyList<Fuzzer> fuzzers, TimeSpan patience, Action<FuzzTarget, byte[]> onHang) =>
        _timer = new Timer(_ => Look(fuzzers, patience, onHang), null, Interval, Interval);

    public void Dispose() => _timer.Dispose();

    private static void Look(IReadOnlyList<Fuzzer> fuzzers, TimeSpan patience, Action<FuzzTarget, byte[]> onHang)
    {
        foreach (var fuzzer in fuzzers)
        {
            if (fuzzer.Running is { } input && fuzzer.RunningFor > patience && fuzzer.Running == input)
            {
                onHang(fuzzer.Target, input);
                Environment.Exit(1);
            }
        }
    }
}
