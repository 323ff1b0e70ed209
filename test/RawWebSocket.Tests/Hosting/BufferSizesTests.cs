using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using RawWebSocket.Hosting;

namespace RawWebSocket.Tests.Hosting;

public class BufferSizesTests
{
    private const int KiB = 1024;
    private const long MiB = 1024 * KiB;

    [Theory]
    [InlineData(1, 32, 16, 96, 72)]
    [InlineData(48, 32, 16, 96, 72)] // a container of 256 MiB
    [InlineData(96, 48, 24, 96, 72)] // one of 512 MiB
    [InlineData(384, 192, 64, 192, 144)] // one of 2 GiB
    [InlineData(2048, 1024, 64, 1024, 768)]
    [InlineData(6000, 1024, 64, 1024, 768)] // a machine of 24 GiB
    public void They_follow_the_budget_within_bounds(int budgetInMiB, int read, int write, int http2, int stream)
    {
        var sizes = BufferSizes.For(budgetInMiB * MiB);
        sizes.ShouldBe(new BufferSizes(read * KiB, write * KiB, http2 * KiB, stream * KiB));
    }

    [Fact]
    public void Where_there_is_much_memory_they_are_Kestrels_own()
    {
        var (sockets, limits) = (new SocketTransportOptions(), new KestrelServerLimits());
        BufferSizes.For(2048 * MiB).ShouldBe(new BufferSizes(
            sockets.MaxReadBufferSize.ShouldNotBeNull(),
            sockets.MaxWriteBufferSize.ShouldNotBeNull(),
            limits.Http2.InitialConnectionWindowSize,
            limits.Http2.InitialStreamWindowSize));
        limits.MaxResponseBufferSize.ShouldBe(sockets.MaxWriteBufferSize);
    }
}
