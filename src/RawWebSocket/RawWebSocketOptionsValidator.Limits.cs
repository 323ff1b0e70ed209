using System.Globalization;
using RawWebSocket.Protocol;

namespace RawWebSocket;

/// <content>Numbers, sizes and times.</content>
internal sealed partial class RawWebSocketOptionsValidator
{
    private static readonly TimeSpan LongestTime = TimeSpan.FromDays(1);
    private static readonly TimeSpan LongestLife = TimeSpan.FromDays(365);

    private static void CheckSizes(RawWebSocketOptions options, List<string> failures)
    {
        AtLeast(1, "byte", nameof(options.MaxMessageSize), options.MaxMessageSize, Defaults.MaxMessageSize, failures);
        AtLeast(1, "byte", nameof(options.ReceiveAheadBytes), options.ReceiveAheadBytes, Defaults.ReceiveAheadBytes, failures);
        AtLeast(1, "byte", nameof(options.MaxQueuedBytes), options.MaxQueuedBytes, Defaults.MaxQueuedBytes, failures);
        AtLeast(1, "byte", nameof(options.SendFragmentSize), options.SendFragmentSize, Defaults.SendFragmentSize, failures);
        if (options.MaxHandshakeHeaderBytes is < 256 and var headers)
        {
            failures.Add(Failure(
                nameof(options.MaxHandshakeHeaderBytes),
                Text(headers),
                "set it to at least 256 bytes, or to null for the server's own limit (default)"));
        }

        AtLeast(1, "offer", nameof(options.MaxHandshakeOffers), options.MaxHandshakeOffers, Defaults.MaxHandshakeOffers, failures);
        if (options.SendFragmentSize > OutgoingFragments.Longest)
        {
            failures.Add(Failure(
                nameof(options.SendFragmentSize),
                Text(options.SendFragmentSize),
                $"set it to at most {Text(OutgoingFragments.Longest)} bytes (default {Text(Defaults.SendFragmentSize)})"));
        }

        if (options.LowQueuedBytes is { } low && (low < 0 || low > options.MaxQueuedBytes))
        {
            failures.Add(Failure(
                nameof(options.LowQueuedBytes),
                Text(low),
                $"set it to 0 or more and at most {nameof(options.MaxQueuedBytes)}, which is {Text(options.MaxQueuedBytes)}, "
                + "or to null for a quarter of that (default)"));
        }
    }

    private static void CheckRates(RawWebSocketOptions options, List<string> failures)
    {
        AtLeast(
            1,
            "fragment",
            nameof(options.MaxFragmentsPerMessage),
            options.MaxFragmentsPerMessage,
            Defaults.MaxFragmentsPerMessage,
            failures);
        AtLeast(
            1,
            "frame",
            nameof(options.MaxControlFramesPerSecond),
            options.MaxControlFramesPerSecond,
            Defaults.MaxControlFramesPerSecond,
            failures);
        AtLeastOrNull(
            1, "message", nameof(options.MaxMessagesPerSecond), options.MaxMessagesPerSecond, Defaults.MaxMessagesPerSecond, failures);
        AtLeastOrNull(1, "byte", nameof(options.MaxBytesPerSecond), options.MaxBytesPerSecond, Defaults.MaxBytesPerSecond, failures);
        CheckEnum(nameof(options.RateLimitAction), options.RateLimitAction, failures);
        CheckEnum(nameof(options.SlowReaderPolicy), options.SlowReaderPolicy, failures);
    }

    private static void CheckTimes(RawWebSocketOptions options, List<string> failures)
    {
        const string NoKeepAlive = "to turn keep-alive off";
        const string NoLimit = "for no limit";
        CheckTime(
            nameof(options.KeepAliveInterval), options.KeepAliveInterval, Defaults.KeepAliveInterval, LongestTime, NoKeepAlive, failures);
        CheckTime(nameof(options.KeepAliveTimeout), options.KeepAliveTimeout, Defaults.KeepAliveTimeout, LongestTime, null, failures);
        CheckTime(nameof(options.CloseTimeout), options.CloseTimeout, Defaults.CloseTimeout, LongestTime, null, failures);
        CheckTime(nameof(options.HandshakeTimeout), options.HandshakeTimeout, Defaults.HandshakeTimeout, LongestTime, null, failures);
        CheckTime(nameof(options.SendTimeout), options.SendTimeout, Defaults.SendTimeout, LongestTime, NoLimit, failures);
        CheckTime(nameof(options.MessageTimeout), options.MessageTimeout, Defaults.MessageTimeout, LongestTime, NoLimit, failures);
        CheckTime(nameof(options.IdleTimeout), options.IdleTimeout, Defaults.IdleTimeout, LongestLife, NoLimit, failures);
        CheckTime(nameof(options.MaxLifetime), options.MaxLifetime, Defaults.MaxLifetime, LongestLife, NoLimit, failures);
        if (options.LifetimeJitter is not (>= 0 and <= 1))
        {
            failures.Add(Failure(
                nameof(options.LifetimeJitter),
                options.LifetimeJitter.ToString(CultureInfo.InvariantCulture),
                "set it to a part of MaxLifetime, from 0 to 1 (default 0.1)"));
        }

        if (!ClosePayload.MayBeSent(options.ExpiredCloseStatus))
        {
            failures.Add(Failure(
                nameof(options.ExpiredCloseStatus),
                Text((int)options.ExpiredCloseStatus),
                "set it to a code that may be sent: 1000 to 1003, 1007 to 1014 or 3000 to 4999 (default 1008)"));
        }
    }

    private static void AtLeast(long least, string unit, string option, long value, long standard, List<string> failures)
    {
        if (value < least)
        {
            failures.Add(Failure(option, Text(value), $"set it to at least {Text(least)} {unit} (default {Text(standard)})"));
        }
    }

    private static void AtLeastOrNull(long least, string unit, string option, long? value, long? standard, List<string> failures)
    {
        if (value < least)
        {
            failures.Add(Failure(
                option,
                Text(value.Value),
                $"set it to at least {Text(least)} {unit} (default {Text(standard ?? 0)}), or to null for no limit"));
        }
    }

    // Infinite is only for times that say what it does to them.
    private static void CheckTime(
        string option, TimeSpan value, TimeSpan standard, TimeSpan longest, string? whenInfinite, List<string> failures)
    {
        if (whenInfinite is not null && value == Timeout.InfiniteTimeSpan)
        {
            return;
        }

        if (value <= TimeSpan.Zero || value > longest)
        {
            var alternative = whenInfinite is null ? "" : $", or to Timeout.InfiniteTimeSpan {whenInfinite}";
            failures.Add(Failure(
                option, Text(value), $"set it to more than zero and at most {Text(longest)} (default {Text(standard)}){alternative}"));
        }
    }

    private static void CheckEnum<T>(string option, T value, List<string> failures)
        where T : struct, Enum
    {
        if (!Enum.IsDefined(value))
        {
            failures.Add(Failure(option, value.ToString(), $"set it to one of {string.Join(", ", Enum.GetNames<T>())}"));
        }
    }
}
