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
        script.Endpoints(app);
        app.Run();
    }
}

/// <summary>What a test's application consists of.</summary>
internal sealed record AppScript(Action<WebApplication> Endpoints, Action<WebApplicationBuilder>? Services);
