namespace RawWebSocket.Transport.Tests.Kit;

/// <summary>Tests wait for events and never for time to pass; the limit only turns a hang into a failure.</summary>
internal static class Waiting
{
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    public static Task Within(this Task task) => task.WaitAsync(Limit);

    public static Task<T> Within<T>(this Task<T> task) => task.WaitAsync(Limit);

    public static Task Within(this ValueTask task) => task.AsTask().WaitAsync(Limit);

    public static Task<T> Within<T>(this ValueTask<T> task) => task.AsTask().WaitAsync(Limit);

    /// <summary>Completes when the token is cancelled.</summary>
    public static async Task CancelledAsync(this CancellationToken token)
    {
        var cancelled = NewSignal();
        await using var registration = token.Register(cancelled.SetResult);
        await cancelled.Task.Within();
    }

    /// <summary>Looks until something is so that nobody tells of.</summary>
    public static async Task UntilAsync(Func<bool> condition, string what)
    {
        var start = Environment.TickCount64;
        while (!condition())
        {
            (Environment.TickCount64 - start).ShouldBeLessThan((long)Limit.TotalMilliseconds, what);
            await Task.Delay(5);
        }
    }

    public static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
