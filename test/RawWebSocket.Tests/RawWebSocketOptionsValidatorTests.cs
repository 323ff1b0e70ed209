namespace RawWebSocket.Tests;

public class RawWebSocketOptionsValidatorTests
{
    private readonly RawWebSocketOptions _options = new();

    private string[] Failures() => [.. new RawWebSocketOptionsValidator().Validate(null, _options).Failures ?? []];

    [Fact]
    public void The_defaults_are_valid() => new RawWebSocketOptionsValidator().Validate(null, _options).Succeeded.ShouldBeTrue();

    [Fact]
    public void A_size_of_zero_is_named_with_its_value_and_default()
    {
        _options.MaxMessageSize = 0;
        Failures().ShouldBe(["RawWebSocketOptions.MaxMessageSize is 0; set it to at least 1 byte (default 1048576)."]);
    }

    [Fact]
    public void All_faults_are_reported_at_once()
    {
        _options.MaxMessageSize = -1;
        _options.ReceiveAheadBytes = 0;
        _options.MaxQueuedBytes = 0;
        _options.SendFragmentSize = int.MinValue;
        _options.KeepAliveInterval = TimeSpan.Zero;
        _options.KeepAliveTimeout = TimeSpan.Zero;
        _options.CloseTimeout = TimeSpan.Zero;
        _options.SendTimeout = TimeSpan.Zero;
        _options.Subprotocols.Add("a b");
        _options.SubprotocolPreference = (SubprotocolPreference)7;
        _options.AllowedOrigins.Add("*");
        _options.UserIdentifier = null!;

        var failures = Failures();
        string[] names =
        [
            nameof(_options.MaxMessageSize), nameof(_options.ReceiveAheadBytes), nameof(_options.MaxQueuedBytes),
            nameof(_options.SendFragmentSize), nameof(_options.KeepAliveInterval), nameof(_options.KeepAliveTimeout),
            nameof(_options.CloseTimeout), nameof(_options.SendTimeout), $"{nameof(_options.Subprotocols)}[0]",
            nameof(_options.SubprotocolPreference), $"{nameof(_options.AllowedOrigins)}[0]", nameof(_options.UserIdentifier),
        ];
        failures.Length.ShouldBe(names.Length);
        failures.Zip(names).ShouldAllBe(pair => pair.First.StartsWith($"RawWebSocketOptions.{pair.Second} is "));
    }

    [Fact]
    public void Sizes_of_one_byte_are_valid()
    {
        _options.MaxMessageSize = _options.ReceiveAheadBytes = _options.MaxQueuedBytes = _options.SendFragmentSize = 1;
        Failures().ShouldBeEmpty();
    }

    [Fact]
    public void Keep_alive_may_be_turned_off()
    {
        _options.KeepAliveInterval = Timeout.InfiniteTimeSpan;
        Failures().ShouldBeEmpty();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-2)]
    [InlineData(86_400_001)]
    public void A_keep_alive_interval_out_of_range_is_told_how_to_turn_it_off(int milliseconds)
    {
        _options.KeepAliveInterval = TimeSpan.FromMilliseconds(milliseconds);
        Failures().ShouldHaveSingleItem().ShouldEndWith(
            "set it to more than zero and at most 1.00:00:00 (default 00:00:30), or to Timeout.InfiniteTimeSpan to turn keep-alive off.");
    }

    [Fact]
    public void Time_limits_must_be_finite()
    {
        _options.KeepAliveTimeout = Timeout.InfiniteTimeSpan;
        _options.CloseTimeout = TimeSpan.MaxValue;
        Failures().ShouldBe(
        [
            "RawWebSocketOptions.KeepAliveTimeout is -00:00:00.0010000; "
                + "set it to more than zero and at most 1.00:00:00 (default 00:00:20).",
            "RawWebSocketOptions.CloseTimeout is 10675199.02:48:05.4775807; "
                + "set it to more than zero and at most 1.00:00:00 (default 00:00:05).",
        ]);
    }

    [Fact]
    public void A_day_and_a_tick_are_valid_times()
    {
        _options.KeepAliveInterval = _options.KeepAliveTimeout = TimeSpan.FromDays(1);
        _options.CloseTimeout = TimeSpan.FromTicks(1);
        Failures().ShouldBeEmpty();
    }

    [Theory]
    [InlineData("", "''")]
    [InlineData("a,b", "'a,b'")]
    [InlineData("chat/2", "'chat/2'")]
    [InlineData(null, "null")]
    public void A_subprotocol_that_is_no_token_is_named(string? subprotocol, string quoted)
    {
        _options.Subprotocols.Add("chat");
        _options.Subprotocols.Add(subprotocol!);
        Failures().ShouldHaveSingleItem().ShouldStartWith($"RawWebSocketOptions.Subprotocols[1] is {quoted}; set it to a token");
    }

    [Fact]
    public void A_subprotocol_listed_twice_is_named_but_one_in_another_case_is_not()
    {
        _options.Subprotocols.Add("chat");
        _options.Subprotocols.Add("CHAT");
        _options.Subprotocols.Add("chat");
        Failures().ShouldBe(["RawWebSocketOptions.Subprotocols[2] is 'chat'; remove it, because it is listed before."]);
    }

    [Fact]
    public void A_required_subprotocol_needs_one_to_speak()
    {
        _options.RequireSubprotocol = true;
        Failures().ShouldHaveSingleItem().ShouldContain("RawWebSocketOptions.RequireSubprotocol is true; add a subprotocol");
        _options.Subprotocols.Add("chat");
        Failures().ShouldBeEmpty();
    }

    [Theory]
    [InlineData("https://example.com")]
    [InlineData("http://localhost:5173")]
    [InlineData("https://bücher.example")]
    [InlineData("http://[::1]:8080")]
    [InlineData("capacitor://localhost")]
    [InlineData("wss://example.com")]
    [InlineData("ws://localhost:5000")]
    public void An_origin_is_valid(string origin)
    {
        _options.AllowedOrigins.Add(origin);
        Failures().ShouldBeEmpty();
    }

    [Theory]
    [InlineData("*", "set RawWebSocketOptions.AllowAnyOrigin")]
    [InlineData("null", "only RawWebSocketOptions.AllowAnyOrigin or RawWebSocketOptions.IsOriginAllowed allows it")]
    [InlineData("file://", "decide in RawWebSocketOptions.IsOriginAllowed")]
    [InlineData("https://*.example.com", "decide in RawWebSocketOptions.IsOriginAllowed")]
    [InlineData("https://example.com/", "set it to 'https://example.com', without a path or trailing slash")]
    [InlineData("https://example.com:8443/app?x=1", "set it to 'https://example.com:8443', without a path or trailing slash")]
    [InlineData("wss://example.com/chat", "set it to 'wss://example.com', without a path or trailing slash")]
    [InlineData("example.com", "such as https://example.com")]
    [InlineData("https://user@example.com", "such as https://example.com")]
    [InlineData("https://", "such as https://example.com")]
    [InlineData("", "such as https://example.com")]
    [InlineData(null, "such as https://example.com")]
    public void An_origin_that_no_page_has_comes_with_its_remedy(string? origin, string remedy)
    {
        _options.AllowedOrigins.Add(origin!);
        Failures().ShouldHaveSingleItem().ShouldContain(remedy);
    }
}
