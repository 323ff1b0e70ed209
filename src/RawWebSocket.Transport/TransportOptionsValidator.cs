using Microsoft.Extensions.Options;

namespace RawWebSocket.Transport;

/// <summary>Checks the options and reports all faults at once.</summary>
internal sealed class TransportOptionsValidator : IValidateOptions<RawWebSocketTransportOptions>
{
    private const int SmallestBuffer = 4 * 1024;
    private const int LargestReceive = 4 * 1024 * 1024;
    private const int LargestBlock = 1024 * 1024;
    private const int MostLoops = 64;

    public ValidateOptionsResult Validate(string? name, RawWebSocketTransportOptions options)
    {
        var failures = Failures(options).Concat(Failures(options.Sockets)).ToList();
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    private static IEnumerable<string> Failures(RawWebSocketTransportOptions options)
    {
        var defaults = new RawWebSocketTransportOptions();
        if (options.EventLoops is < 1 or > MostLoops)
        {
            yield return Failure(nameof(options.EventLoops), options.EventLoops, $"1 to {MostLoops} (default {defaults.EventLoops} here)");
        }

        if (options.ReceiveBufferSize is < SmallestBuffer or > LargestReceive)
        {
            yield return Size(nameof(options.ReceiveBufferSize), options.ReceiveBufferSize, LargestReceive, defaults.ReceiveBufferSize);
        }
    }

    private static IEnumerable<string> Failures(TunedSocketsOptions sockets)
    {
        var defaults = new TunedSocketsOptions();
        if (sockets.BlockSize is < SmallestBuffer or > LargestBlock)
        {
            yield return Size(InSockets(nameof(sockets.BlockSize)), sockets.BlockSize, LargestBlock, defaults.BlockSize);
        }

        if (sockets.MaxKeptBytes < 0)
        {
            yield return Failure(
                InSockets(nameof(sockets.MaxKeptBytes)), sockets.MaxKeptBytes, $"zero or more bytes (default {defaults.MaxKeptBytes})");
        }

        if (sockets.KeepUnusedFor < TimeSpan.FromSeconds(1) || sockets.KeepUnusedFor > TimeSpan.FromDays(1))
        {
            yield return Failure(
                InSockets(nameof(sockets.KeepUnusedFor)),
                sockets.KeepUnusedFor,
                $"one second to one day (default {defaults.KeepUnusedFor:c})");
        }
    }

    private static string InSockets(string option) => $"{nameof(RawWebSocketTransportOptions.Sockets)}.{option}";

    private static string Size(string option, int value, int largest, int standard) =>
        Failure(option, value, $"{SmallestBuffer} to {largest} bytes (default {standard})");

    private static string Failure(string option, IFormattable value, string range) =>
        FormattableString.Invariant($"{nameof(RawWebSocketTransportOptions)}.{option} is {value}; set it to {range}.");
}
