using System.Reflection;

namespace RawWebSocket.Tests;

/// <summary>Each limit has bounds, and a message that says what to set.</summary>
public class RawWebSocketOptionsLimitsTests
{
    private readonly RawWebSocketOptions _options = new();

    public static TheoryData<string> Checked { get; } = [.. NumbersAndTimes(typeof(RawWebSocketOptions)).Select(property => property.Name)];

    public static TheoryData<string> CheckedOfServer { get; } =
        [.. NumbersAndTimes(typeof(RawWebSocketServerOptions)).Select(property => property.Name)];

    [Theory]
    [MemberData(nameof(Checked))]
    public void An_absurd_number_or_time_is_a_fault_of_its_own(string option) =>
        ShouldRefuseAbsurdity(typeof(RawWebSocketOptions).GetProperty(option)!, _options, option);

    [Theory]
    [MemberData(nameof(CheckedOfServer))]
    public void So_it_is_in_what_all_endpoints_share(string option) =>
        ShouldRefuseAbsurdity(typeof(RawWebSocketServerOptions).GetProperty(option)!, _options.Server, $"Server.{option}");

    [Theory]
    [InlineData("MaxFragmentsPerMessage", 0, "at least 1 fragment (default 16384)")]
    [InlineData("MaxControlFramesPerSecond", 0, "at least 1 frame (default 100)")]
    [InlineData("MaxMessagesPerSecond", 0, "at least 1 message (default 100000), or to null for no limit")]
    [InlineData("MaxBytesPerSecond", 0, "at least 1 byte (default 268435456), or to null for no limit")]
    [InlineData("SendFragmentSize", 65_537, "at most 65536 bytes (default 16384)")]
    [InlineData("MaxHandshakeHeaderBytes", 255, "at least 256 bytes, or to null for the server's own limit (default)")]
    [InlineData("MaxHandshakeOffers", 0, "at least 1 offer (default 32)")]
    public void A_number_out_of_bounds_is_named_with_its_bounds(string option, int value, string remedy) =>
        ShouldFail(_options, option, value, $"RawWebSocketOptions.{option} is {value}; set it to {remedy}.");

    [Theory]
    [InlineData("MaxConnections", 0, "at least 1 connection (default 100000), or to null for no limit")]
    [InlineData("MaxConnectionsPerAddress", 0, "at least 1 connection (default 1000), or to null for no limit")]
    [InlineData("MaxConnectionsPerUser", 0, "at least 1 connection (default 100), or to null for no limit")]
    public void A_number_of_connections_out_of_bounds_is_named_with_its_bounds(string option, int value, string remedy) =>
        ShouldFail(_options.Server, option, value, $"RawWebSocketOptions.Server.{option} is {value}; set it to {remedy}.");

    [Theory]
    [InlineData("HandshakeTimeout", "00:00:10", null)]
    [InlineData("SendTimeout", "00:00:30", "for no limit")]
    [InlineData("MessageTimeout", "00:01:00", "for no limit")]
    public void A_time_is_more_than_zero_and_at_most_a_day(string option, string standard, string? infinite)
    {
        var remedy = $"set it to more than zero and at most 1.00:00:00 (default {standard})"
            + (infinite is null ? "." : $", or to Timeout.InfiniteTimeSpan {infinite}.");
        ShouldFail(_options, option, TimeSpan.Zero, $"RawWebSocketOptions.{option} is 00:00:00; {remedy}");
        ShouldFail(_options, option, TimeSpan.FromHours(25), $"RawWebSocketOptions.{option} is 1.01:00:00; {remedy}");
        ShouldPass(_options, option, TimeSpan.FromDays(1));
        if (infinite is null)
        {
            ShouldFail(_options, option, Timeout.InfiniteTimeSpan, $"RawWebSocketOptions.{option} is -00:00:00.0010000; {remedy}");
        }
        else
        {
            ShouldPass(_options, option, Timeout.InfiniteTimeSpan);
        }
    }

    [Theory]
    [InlineData("IdleTimeout", "01:00:00")]
    [InlineData("MaxLifetime", "1.00:00:00")]
    public void A_connection_may_last_a_year_or_for_ever(string option, string standard)
    {
        ShouldPass(_options, option, TimeSpan.FromDays(365));
        ShouldPass(_options, option, Timeout.InfiniteTimeSpan);
        ShouldFail(
            _options,
            option,
            TimeSpan.FromDays(366),
            $"RawWebSocketOptions.{option} is 366.00:00:00; set it to more than zero and at most 365.00:00:00 (default {standard}), "
                + "or to Timeout.InfiniteTimeSpan for no limit.");
    }

    [Theory]
    [InlineData(-0.01, "-0.01")]
    [InlineData(1.01, "1.01")]
    [InlineData(double.NaN, "NaN")]
    public void The_jitter_of_a_life_is_a_part_of_it(double jitter, string text)
    {
        ShouldFail(
            _options,
            "LifetimeJitter",
            jitter,
            $"RawWebSocketOptions.LifetimeJitter is {text}; set it to a part of MaxLifetime, from 0 to 1 (default 0.1).");
        ShouldPass(_options, "LifetimeJitter", 0d);
        ShouldPass(_options, "LifetimeJitter", 1d);
    }

    [Fact]
    public void The_low_mark_is_not_above_the_high_one()
    {
        _options.MaxQueuedBytes = 100;
        ShouldPass(_options, "LowQueuedBytes", 0);
        ShouldPass(_options, "LowQueuedBytes", 100);
        ShouldFail(
            _options,
            "LowQueuedBytes",
            101,
            "RawWebSocketOptions.LowQueuedBytes is 101; set it to 0 or more and at most MaxQueuedBytes, which is 100, or to null for a "
                + "quarter of that (default).");
    }

    [Fact]
    public void The_code_of_an_expired_connection_is_one_that_may_be_sent()
    {
        ShouldFail(
            _options,
            "ExpiredCloseStatus",
            WebSocketClosure.Abnormal,
            "RawWebSocketOptions.ExpiredCloseStatus is 1006; set it to a code that may be sent: 1000 to 1003, 1007 to 1014 or 3000 to 4999 "
                + "(default 1008).");
        ShouldPass(_options, "ExpiredCloseStatus", (System.Net.WebSockets.WebSocketCloseStatus)4001);
    }

    [Fact]
    public void What_all_endpoints_share_has_bounds_too()
    {
        var server = _options.Server;
        ShouldFail(
            server,
            "RetryAfter",
            TimeSpan.FromMilliseconds(999),
            "RawWebSocketOptions.Server.RetryAfter is 00:00:00.9990000; set it to at least one second and at most 1.00:00:00 "
                + "(default 00:00:10).");
        ShouldFail(
            server,
            "ShutdownSpread",
            Timeout.InfiniteTimeSpan,
            "RawWebSocketOptions.Server.ShutdownSpread is -00:00:00.0010000; set it to zero or more and at most 1.00:00:00 "
                + "(default 00:00:02).");
        ShouldFail(
            server,
            "ShutdownCloseStatus",
            System.Net.WebSockets.WebSocketCloseStatus.NormalClosure,
            "RawWebSocketOptions.Server.ShutdownCloseStatus is 1000; set it to 1001, going away (default), or 1012, service restart.");
        ShouldFail(
            server,
            "MemoryBudget",
            1024L,
            "RawWebSocketOptions.Server.MemoryBudget is 1024; set it to at least 1048576 bytes "
                + $"(default {new RawWebSocketServerOptions().MemoryBudget}).");
        ShouldFail(
            server,
            "TransportBudget",
            1024L,
            "RawWebSocketOptions.Server.TransportBudget is 1024; set it to at least 1048576 bytes "
                + $"(default {new RawWebSocketServerOptions().TransportBudget}).");
        ShouldFail(
            server,
            "MaxMemoryLoad",
            1.5,
            "RawWebSocketOptions.Server.MaxMemoryLoad is 1.5; set it above 0 and to at most 1 (default 0.8).");
        ShouldFail(
            server,
            "MaxMemoryLoad",
            double.NaN,
            "RawWebSocketOptions.Server.MaxMemoryLoad is NaN; set it above 0 and to at most 1 (default 0.8).");
        ShouldPass(server, "TransportBudget", 1024L * 1024);
        ShouldPass(server, "MaxMemoryLoad", 1.0);
        ShouldPass(server, "ShutdownSpread", TimeSpan.Zero);
        ShouldPass(server, "RetryAfter", TimeSpan.FromSeconds(1));
    }

    [Theory]
    [InlineData("MaxMessagesPerSecond")]
    [InlineData("MaxBytesPerSecond")]
    [InlineData("LowQueuedBytes")]
    public void Null_takes_a_limit_away(string option) => ShouldPass(_options, option, null);

    [Theory]
    [InlineData("MaxConnections")]
    [InlineData("MaxConnectionsPerAddress")]
    [InlineData("MaxConnectionsPerUser")]
    public void Null_takes_a_limit_of_connections_away(string option) => ShouldPass(_options.Server, option, null);

    [Fact]
    public void Every_option_that_all_endpoints_share_is_compared_with_the_applications()
    {
        var application = new RawWebSocketServerOptions();
        RawWebSocketOptionsValidator.ChangesOfServer(application.Clone(), application).ShouldBeEmpty();
        foreach (var property in typeof(RawWebSocketServerOptions).GetProperties())
        {
            var endpoint = application.Clone();
            property.SetValue(endpoint, property.GetValue(application) is bool value ? !value : Absurd(property.PropertyType));
            RawWebSocketOptionsValidator.ChangesOfServer(endpoint, application).ShouldHaveSingleItem()
                .ShouldStartWith($"RawWebSocketOptions.Server.{property.Name} is ");
        }
    }

    [Fact]
    public void An_option_that_all_endpoints_share_is_to_be_set_for_the_application()
    {
        var endpoint = new RawWebSocketServerOptions { MaxConnections = 5, MaxConnectionsPerUser = null };
        RawWebSocketOptionsValidator.ChangesOfServer(endpoint, new RawWebSocketServerOptions()).ShouldBe(
        [
            "RawWebSocketOptions.Server.MaxConnections is 5 for this endpoint and 100000 for the application; "
                + "all endpoints share it, so set it in AddRawWebSockets only.",
            "RawWebSocketOptions.Server.MaxConnectionsPerUser is null for this endpoint and 100 for the application; "
                + "all endpoints share it, so set it in AddRawWebSockets only.",
        ]);
    }

    private static IEnumerable<PropertyInfo> NumbersAndTimes(Type options) => options.GetProperties().Where(
        property => property.SetMethod is { IsPublic: true } && Underlying(property) is { IsValueType: true } type && type != typeof(bool));

    private static Type Underlying(PropertyInfo property) => Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;

    private static object Absurd(Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        return type.IsEnum ? Enum.ToObject(type, 999)
            : type == typeof(int) ? int.MinValue
            : type == typeof(long) ? long.MinValue
            : type == typeof(double) ? double.NegativeInfinity
            : type == typeof(TimeSpan) ? TimeSpan.MinValue
            : throw new NotSupportedException($"No absurd value is known for {type}.");
    }

    private void ShouldRefuseAbsurdity(PropertyInfo property, object owner, string name)
    {
        property.SetValue(owner, Absurd(property.PropertyType));
        Failures().ShouldHaveSingleItem().ShouldStartWith($"RawWebSocketOptions.{name} is ");
    }

    private void ShouldFail(object owner, string option, object value, string message)
    {
        Set(owner, option, value);
        Failures().ShouldContain(message);
    }

    private void ShouldPass(object owner, string option, object? value)
    {
        Set(owner, option, value);
        Failures().ShouldNotContain(failure => failure.Contains($".{option} "));
    }

    private static void Set(object owner, string option, object? value) =>
        owner.GetType().GetProperty(option).ShouldNotBeNull().SetValue(owner, value);

    private string[] Failures() => [.. new RawWebSocketOptionsValidator().Validate(null, _options).Failures ?? []];
}
