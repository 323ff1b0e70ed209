using System.IO.Compression;
using RawWebSocket.Compression;

namespace RawWebSocket.Tests.Compression;

public sealed class DeflateSettingsTests
{
    [Theory]
    [InlineData(CompressionLevel.Optimal, 15, 14)]
    [InlineData(CompressionLevel.Fastest, 15, 14)]
    [InlineData(CompressionLevel.Optimal, 14, 14)]
    [InlineData(CompressionLevel.Optimal, 9, 9)]
    [InlineData(CompressionLevel.SmallestSize, 15, 15)]
    [InlineData(CompressionLevel.SmallestSize, 10, 10)]
    public void The_window_is_what_was_agreed_or_as_much_of_it_as_pays(CompressionLevel level, int agreed, int used)
    {
        var options = new RawWebSocketCompressionOptions { Level = level, MemoryLevel = 7 };
        DeflateSettings.Of(options, agreed).ShouldBe(new DeflateSettings(level, used, 7));
    }
}
