using System.IO.Compression;

namespace RawWebSocket.Tests;

/// <summary>Each option of compression has bounds, and a message that says what to set.</summary>
public class RawWebSocketCompressionOptionsTests
{
    private readonly RawWebSocketOptions _options = new();

    [Theory]
    [InlineData("ServerMaxWindowBits", 8, "9 to 15 (default 15)")]
    [InlineData("ServerMaxWindowBits", 16, "9 to 15 (default 15)")]
    [InlineData("ClientMaxWindowBits", 8, "9 to 15 (default 15)")]
    [InlineData("ClientMaxWindowBits", 16, "9 to 15 (default 15)")]
    [InlineData("MemoryLevel", 0, "1 to 9 (default 8)")]
    [InlineData("MemoryLevel", 10, "1 to 9 (default 8)")]
    [InlineData("MinimumSize", -1, "at least 0 bytes (default 64)")]
    [InlineData("MinimumSavedBytesPerSecond", -1, "at least 0 bytes (default 1048576)")]
    [InlineData("MaxRatio", 0, "1 or more (default 200)")]
    public void A_number_out_of_bounds_is_named_with_its_bounds(string option, int value, string remedy)
    {
        Set(option, value);
        Failures().ShouldHaveSingleItem().ShouldBe($"RawWebSocketOptions.Compression.{option} is {value}; set it to {remedy}.");
    }

    [Theory]
    [InlineData("ServerMaxWindowBits", 9)]
    [InlineData("ServerMaxWindowBits", 15)]
    [InlineData("ClientMaxWindowBits", 9)]
    [InlineData("ClientMaxWindowBits", 15)]
    [InlineData("MemoryLevel", 1)]
    [InlineData("MemoryLevel", 9)]
    [InlineData("MinimumSize", 0)]
    [InlineData("MinimumSize", int.MaxValue)]
    [InlineData("MinimumSavedBytesPerSecond", 0)]
    [InlineData("MinimumSavedBytesPerSecond", int.MaxValue)]
    [InlineData("MaxRatio", 1)]
    [InlineData("MaxRatio", int.MaxValue)]
    public void A_number_at_its_bounds_is_taken(string option, int value)
    {
        Set(option, value);
        Failures().ShouldBeEmpty();
    }

    [Fact]
    public void An_unknown_mode_is_named_with_those_there_are()
    {
        _options.Compression.Mode = (WebSocketCompressionMode)99;
        Failures().ShouldHaveSingleItem().ShouldBe(
            "RawWebSocketOptions.Compression.Mode is 99; set it to Off (default), Shared, Dedicated or Adaptive.");
    }

    [Fact]
    public void To_compress_nothing_is_a_mode_and_not_a_level()
    {
        _options.Compression.Level = CompressionLevel.NoCompression;
        Failures().ShouldHaveSingleItem().ShouldBe(
            "RawWebSocketOptions.Compression.Level is NoCompression; set it to Fastest, Optimal (default) or SmallestSize; "
                + "to compress nothing, set Compression.Mode to Off.");
    }

    private void Set(string option, int value) =>
        typeof(RawWebSocketCompressionOptions).GetProperty(option)!.SetValue(_options.Compression, value);

    private IEnumerable<string> Failures() => new RawWebSocketOptionsValidator().Validate(name: null, _options).Failures ?? [];
}
