namespace RawWebSocket.Fuzz.Tests;

/// <summary>Runs what might never end, were a rule broken.</summary>
internal static class Bounded
{
    // Never waited for when all is well.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    public static Task RunAsync(Action action) => Task.Run(action).WaitAsync(Patience);
}
