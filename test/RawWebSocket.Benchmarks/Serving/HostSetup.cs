using Microsoft.AspNetCore.Hosting;

namespace RawWebSocket.Benchmarks.Serving;

/// <summary>What of <c>TuneForRawWebSockets</c> a server's host has.</summary>
internal enum HostSetup
{
    /// <summary>Nothing: the default host of a web application.</summary>
    Default,

    /// <summary>The long blocks of memory alone.</summary>
    Blocks,

    /// <summary>Inline scheduling alone.</summary>
    Scheduling,

    /// <summary>Inline scheduling and inline completions.</summary>
    Completions,

    /// <summary>All of it.</summary>
    Tuned,
}

/// <summary>Sets a host up.</summary>
internal static class HostSetupExtensions
{
    private const int KestrelsBlock = 4096;

    public static void SetUp(this IWebHostBuilder builder, HostSetup setup)
    {
        if (setup == HostSetup.Default)
        {
            return;
        }

        builder.TuneForRawWebSockets(options =>
        {
            options.InlineScheduling = setup != HostSetup.Blocks;
            options.InlineCompletions = setup is HostSetup.Completions or HostSetup.Tuned;
            options.BlockSize = setup is HostSetup.Blocks or HostSetup.Tuned ? options.BlockSize : KestrelsBlock;
        });
    }
}
