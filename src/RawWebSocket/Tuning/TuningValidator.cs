using System.Globalization;
using Microsoft.Extensions.Options;

namespace RawWebSocket.Tuning;

/// <summary>Checks how a host is to be tuned and reports all faults at once.</summary>
internal static class TuningValidator
{
    private const int SmallestBlock = 4 * 1024;
    private const int LargestBlock = 1024 * 1024;

    /// <exception cref="OptionsValidationException">An option is wrong; the message says which and what to set.</exception>
    public static void ThrowIfInvalid(RawWebSocketTuningOptions options)
    {
        var failures = Failures(options).ToList();
        if (failures.Count > 0)
        {
            throw new OptionsValidationException(nameof(RawWebSocketTuningOptions), typeof(RawWebSocketTuningOptions), failures);
        }
    }

    private static IEnumerable<string> Failures(RawWebSocketTuningOptions options)
    {
        var defaults = new RawWebSocketTuningOptions();
        if (options.BlockSize is < SmallestBlock or > LargestBlock)
        {
            yield return Failure(
                nameof(options.BlockSize),
                options.BlockSize,
                $"{SmallestBlock} to {LargestBlock} bytes (default {defaults.BlockSize})");
        }

        if (options.MaxKeptBytes < 0)
        {
            yield return Failure(
                nameof(options.MaxKeptBytes), options.MaxKeptBytes, $"zero or more bytes (default {defaults.MaxKeptBytes})");
        }

        if (options.KeepUnusedFor < TimeSpan.FromSeconds(1) || options.KeepUnusedFor > TimeSpan.FromDays(1))
        {
            yield return Failure(
                nameof(options.KeepUnusedFor), options.KeepUnusedFor, $"one second to one day (default {defaults.KeepUnusedFor:c})");
        }

        if (options.BlockingTime != Timeout.InfiniteTimeSpan
            && (options.BlockingTime < TimeSpan.FromMilliseconds(1) || options.BlockingTime > TimeSpan.FromMinutes(1)))
        {
            yield return Failure(
                nameof(options.BlockingTime),
                options.BlockingTime,
                $"one millisecond to one minute (default {defaults.BlockingTime:c}), or to Timeout.InfiniteTimeSpan");
        }
    }

    private static string Failure(string option, IFormattable value, string range) =>
        $"{nameof(RawWebSocketTuningOptions)}.{option} is {value.ToString(null, CultureInfo.InvariantCulture)}; set it to {range}.";
}
