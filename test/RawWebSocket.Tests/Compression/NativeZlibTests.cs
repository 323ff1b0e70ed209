using RawWebSocket.Compression;

namespace RawWebSocket.Tests.Compression;

public class NativeZlibTests
{
    [Fact]
    public void The_framework_that_these_tests_run_on_has_the_entry_points() => NativeZlib.IsAvailable.ShouldBeTrue();

    [Theory]
    [InlineData(10, 15, 8)]
    [InlineData(6, 16, 8)]
    [InlineData(6, 15, 10)]
    public void Settings_that_zlib_does_not_know_are_an_error_and_not_a_crash(int level, int windowBits, int memoryLevel) =>
        Should.Throw<InvalidOperationException>(() => new DeflateHandle(level, windowBits, memoryLevel));

    [Fact]
    public void Nothing_is_used_after_it_was_freed()
    {
        var handle = new InflateHandle();
        handle.Dispose();
        Should.Throw<ObjectDisposedException>(() => handle.Run([0], new byte[10], ZlibFlush.Sync, out _, out _));
    }
}
