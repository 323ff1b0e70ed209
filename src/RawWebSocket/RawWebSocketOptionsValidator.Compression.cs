using System.IO.Compression;
using RawWebSocket.Compression;

namespace RawWebSocket;

/// <content>Compression.</content>
internal sealed partial class RawWebSocketOptionsValidator
{
    private static void CheckCompression(RawWebSocketCompressionOptions options, List<string> failures)
    {
        var defaults = Defaults.Compression;
        if (!Enum.IsDefined(options.Mode))
        {
            failures.Add(Failure(
                Option(nameof(options.Mode)),
                options.Mode.ToString(),
                $"set it to {nameof(WebSocketCompressionMode.Off)} (default), {nameof(WebSocketCompressionMode.Shared)}, "
                + $"{nameof(WebSocketCompressionMode.Dedicated)} or {nameof(WebSocketCompressionMode.Adaptive)}"));
        }

        if (!Enum.IsDefined(options.Level) || options.Level == CompressionLevel.NoCompression)
        {
            failures.Add(Failure(
                Option(nameof(options.Level)),
                options.Level.ToString(),
                $"set it to {nameof(CompressionLevel.Fastest)}, {nameof(CompressionLevel.Optimal)} (default) or "
                + $"{nameof(CompressionLevel.SmallestSize)}; to compress nothing, set {Option(nameof(options.Mode))} to "
                + $"{nameof(WebSocketCompressionMode.Off)}"));
        }

        Between(
            DeflateSettings.MinWindowBits,
            DeflateSettings.MaxWindowBits,
            nameof(options.ServerMaxWindowBits),
            options.ServerMaxWindowBits,
            defaults.ServerMaxWindowBits,
            failures);
        Between(
            DeflateSettings.MinWindowBits,
            DeflateSettings.MaxWindowBits,
            nameof(options.ClientMaxWindowBits),
            options.ClientMaxWindowBits,
            defaults.ClientMaxWindowBits,
            failures);
        Between(1, 9, nameof(options.MemoryLevel), options.MemoryLevel, defaults.MemoryLevel, failures);
        AtLeast(0, "bytes", Option(nameof(options.MinimumSize)), options.MinimumSize, defaults.MinimumSize, failures);
        AtLeast(
            0,
            "bytes",
            Option(nameof(options.MinimumSavedBytesPerSecond)),
            options.MinimumSavedBytesPerSecond,
            defaults.MinimumSavedBytesPerSecond,
            failures);
        Between(1, int.MaxValue, nameof(options.MaxRatio), options.MaxRatio, defaults.MaxRatio, failures);
    }

    private static void Between(int least, int most, string option, int value, int standard, List<string> failures)
    {
        if (value < least || value > most)
        {
            var range = most == int.MaxValue ? $"{Text(least)} or more" : $"{Text(least)} to {Text(most)}";
            failures.Add(Failure(Option(option), Text(value), $"set it to {range} (default {Text(standard)})"));
        }
    }

    private static string Option(string name) => $"{nameof(RawWebSocketOptions.Compression)}.{name}";
}
