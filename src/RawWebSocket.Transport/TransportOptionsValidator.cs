using Microsoft.Extensions.Options;

namespace RawWebSocket.Transport;

/// <summary>Checks the options and reports all faults at once.</summary>
internal sealed class TransportOptionsValidator : IValidateOptions<RawWebSocketTransportOptions>
{
    private const int SmallestBuffer = 4 * 1024;
    private const int LargestReceive = 4 * 1024 * 1024;
    private const int LargestBuffer = 1024 * 1024 * 1024;
    private const int MostLoops = 64;

    public ValidateOptionsResult Validate(string? name, RawWebSocketTransportOptions options)
    {
        var failures = Failures(options).ToList();
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    private static IEnumerable<string> Failures(RawWebSocketTransportOptions options)
    {
        var defaults = new RawWebSocketTransportOptions();
        if (options.EventLoops is < 1 or > MostLoops)
        {
            yield return Failure(nameof(options.EventLoops), options.EventLoops, $"1 to {MostLoops} (default {defaults.EventLoops} here)");
        }

        if (options.Backlog < 1)
        {
            yield return Failure(nameof(options.Backlog), options.Backlog, $"1 or more connections (default {defaults.Backlog})");
        }

        if (options.ReceiveBufferSize is < SmallestBuffer or > LargestReceive)
        {
            yield return Size(nameof(options.ReceiveBufferSize), options.ReceiveBufferSize, LargestReceive, defaults.ReceiveBufferSize);
        }

        if (options.MaxReadBufferSize is < SmallestBuffer or > LargestBuffer)
        {
            yield return Size(nameof(options.MaxReadBufferSize), options.MaxReadBufferSize, LargestBuffer, defaults.MaxReadBufferSize);
        }

        if (options.MaxWriteBufferSize is < SmallestBuffer or > LargestBuffer)
        {
            yield return Size(nameof(options.MaxWriteBufferSize), options.MaxWriteBufferSize, LargestBuffer, defaults.MaxWriteBufferSize);
        }
    }

    private static string Size(string option, int value, int largest, int standard) =>
        Failure(option, value, $"{SmallestBuffer} to {largest} bytes (default {standard})");

    private static string Failure(string option, int value, string range) =>
        FormattableString.Invariant($"{nameof(RawWebSocketTransportOptions)}.{option} is {value}; set it to {range}.");
}
