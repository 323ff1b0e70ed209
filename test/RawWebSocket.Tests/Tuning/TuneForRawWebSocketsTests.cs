using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using RawWebSocket.Tuning;

namespace RawWebSocket.Tests.Tuning;

public class TuneForRawWebSocketsTests
{
    [Fact]
    public async Task Sets_the_sockets_and_their_memory_up()
    {
        await using var app = Build(static options =>
        {
            options.InlineCompletions = false;
            options.BlockSize = 8192;
        });
        var sockets = app.Services.GetRequiredService<IOptions<SocketTransportOptions>>().Value;
        sockets.UnsafePreferInlineScheduling.ShouldBeTrue();
        sockets.WaitForDataBeforeAllocatingBuffer.ShouldBe(new RawWebSocketTuningOptions().WaitForDataBeforeAllocatingBuffer);

        using var pool = app.Services.GetRequiredService<IMemoryPoolFactory<byte>>().Create();
        pool.MaxBufferSize.ShouldBe(8192);
    }

    [Fact]
    public async Task What_is_switched_off_stays_as_it_was()
    {
        await using var app = Build(static options =>
        {
            options.InlineScheduling = false;
            options.WaitForDataBeforeAllocatingBuffer = false;
        });
        var sockets = app.Services.GetRequiredService<IOptions<SocketTransportOptions>>().Value;
        sockets.UnsafePreferInlineScheduling.ShouldBeFalse();
        sockets.WaitForDataBeforeAllocatingBuffer.ShouldBeFalse();
        var tuning = app.Services.GetRequiredService<HostTuning>();
        tuning.WatchesEndpoints.ShouldBeFalse();
        tuning.InlineCompletionsCameTooLate.ShouldBeFalse();
    }

    [Fact]
    public void Every_wrong_option_is_reported_at_once()
    {
        var failures = Should.Throw<OptionsValidationException>(() => Build(static options =>
        {
            options.BlockSize = 4095;
            options.MaxKeptBytes = -1;
            options.KeepUnusedFor = TimeSpan.Zero;
            options.BlockingTime = TimeSpan.Zero;
        })).Failures.ToList();
        failures.Count.ShouldBe(4);
        failures[0].ShouldBe("RawWebSocketTuningOptions.BlockSize is 4095; set it to 4096 to 1048576 bytes "
            + $"(default {new RawWebSocketTuningOptions().BlockSize}).");
        failures[3].ShouldContain("BlockingTime is 00:00:00; set it to one millisecond to one minute (default 00:00:00.0500000)");
    }

    [Theory]
    [InlineData(64, 4)]
    [InlineData(192, 8)] // a container of 256 MiB
    [InlineData(384, 16)] // one of 512 MiB
    [InlineData(768, 32)]
    [InlineData(1024, 64)]
    [InlineData(24 * 1024, 64)]
    public void Blocks_are_short_where_there_is_little_memory(int memoryInMiB, int blockInKiB) =>
        RawWebSocketTuningOptions.BlockSizeFor(memoryInMiB * 1024L * 1024).ShouldBe(blockInKiB * 1024);

    [Fact]
    public void The_farthest_values_are_allowed()
    {
        TuningValidator.ThrowIfInvalid(new RawWebSocketTuningOptions
        {
            BlockSize = 1024 * 1024,
            MaxKeptBytes = 0,
            KeepUnusedFor = TimeSpan.FromDays(1),
            BlockingTime = Timeout.InfiniteTimeSpan,
        });
        Should.Throw<OptionsValidationException>(() =>
            TuningValidator.ThrowIfInvalid(new RawWebSocketTuningOptions { BlockSize = (1024 * 1024) + 1 }));
    }

    private static WebApplication Build(Action<RawWebSocketTuningOptions> configure)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.TuneForRawWebSockets(options =>
        {
            // The switch is the whole process's, and so every other test's.
            options.InlineCompletions = false;
            configure(options);
        });
        return builder.Build();
    }
}
