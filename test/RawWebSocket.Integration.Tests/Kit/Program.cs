using Microsoft.Extensions.Logging;

namespace RawWebSocket.Integration.Tests.Kit;

/// <summary>The entry point that every factory runs: a <c>WebApplication</c> as a user's own, filled in by the test.</summary>
public sealed class Program
{
    private static readonly AsyncLocal<AppScript?> Script = new();

    private Program()
    {
    }

    /// <summary>What the next run of the entry point that starts from this flow of execution does.</summary>
    internal static AppScript? Next
    {
        get => Script.Value;
        set => Script.Value = value;
    }

    public static void Main(string[] args)
    {
        if (Next is not { } script)
        {
            return;
        }

        var builder = WebApplication.CreateBuilder(args);
        builder.Logging.ClearProviders();
        script.Services?.Invoke(builder);
        var app = builder.Build();
        try
        {
            script.App(app);
            app.Lifetime.ApplicationStarted.Register(script.Started.SetResult);
            app.Run();
        }
        catch (Exception exception)
        {
            script.Started.TrySetException(exception);
            throw;
        }
    }
}

/// <summary>What a test's application consists of.</summary>
internal sealed record AppScript(Action<WebApplication> App, Action<WebApplicationBuilder>? Services)
{
    public TaskCompletionSource Started { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
}
