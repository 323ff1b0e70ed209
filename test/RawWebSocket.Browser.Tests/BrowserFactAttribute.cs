namespace RawWebSocket.Browser.Tests;

/// <summary>
/// A test that needs a real browser. Without one it is skipped and says so; on CI it runs, and fails, because there a skip would hide it.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class BrowserFactAttribute : FactAttribute
{
    private static readonly bool OnCi = Environment.GetEnvironmentVariable("CI") == "true";

    public BrowserFactAttribute()
    {
        if (Chromium.Path is null && !OnCi)
        {
            // Only here, never on CI: who has no Chromium can still run all other tests, and is told what did not run.
            Skip = "No Chromium on this machine (looked for chromium, chromium-browser and google-chrome on the PATH).";
        }
    }
}
