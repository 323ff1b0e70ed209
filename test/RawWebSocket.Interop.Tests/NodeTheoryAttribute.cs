namespace RawWebSocket.Interop.Tests;

/// <summary>
/// A test that needs Node.js and its package ws. Without them it is skipped
/// and says so; on CI it runs, and fails, because there a skip would hide it.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class NodeTheoryAttribute : TheoryAttribute
{
    private static readonly bool OnCi = Environment.GetEnvironmentVariable("CI") == "true";

    public NodeTheoryAttribute()
    {
        if (NodeClient.Missing is { } missing && !OnCi)
        {
            // Only here, never on CI: who has no Node.js can still run all other tests, and is told what did not run.
            Skip = missing;
        }
    }
}
