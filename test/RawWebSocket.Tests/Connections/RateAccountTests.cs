using RawWebSocket.Connections.Rates;
using RawWebSocket.Protocol;

namespace RawWebSocket.Tests.Connections;

/// <summary>How one connection pays for what it has sent.</summary>
public sealed class RateAccountTests : IAsyncLifetime, IDisposable
{
    private readonly ConnectionsRig _rig = new();
    private WebSocketConnection _connection = null!;

    public async Task InitializeAsync() => _connection = (await _rig.ConnectAsync()).Connection;

    public Task DisposeAsync() => Task.CompletedTask;

    public void Dispose() => _rig.Dispose();

    [Fact]
    public void An_applications_limiter_is_asked_for_exactly_what_came()
    {
        var limiter = new ScriptedLimiter();
        var account = Account(limiter);
        account.HasDebt.ShouldBeFalse();
        account.Spend(3);
        account.HasDebt.ShouldBeTrue();
        account.TryPay().ShouldBeTrue();
        account.HasDebt.ShouldBeFalse();
        account.Spend(0);
        account.TryPay().ShouldBeTrue();
        account.Spend(40_000);
        account.TryPay().ShouldBeTrue();
        limiter.Asked.ShouldBe([3, 40_000]);
        limiter.LeasesDisposed.ShouldBe(2);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task More_than_a_limiter_ever_gives_is_paid_in_parts(bool atOnce)
    {
        var limiter = new ScriptedLimiter { Most = 1000 };
        var account = Account(limiter);
        account.Spend(10_000);
        await PayAsync(account, atOnce);
        limiter.Asked.ShouldAllBe(part => part <= 1000);
        limiter.Asked.Count.ShouldBeLessThanOrEqualTo(20);
        limiter.Asked.Sum().ShouldBe(10_000);

        // What has been found out is kept.
        account.Spend(700);
        await PayAsync(account, atOnce);
        limiter.Asked.Sum().ShouldBe(10_700);
    }

    [Fact]
    public void A_limiter_that_gives_nothing_at_all_is_the_applications_error()
    {
        var account = Account(new ScriptedLimiter { Most = 0 });
        account.Spend(5);
        Should.Throw<ArgumentOutOfRangeException>(() => account.TryPay());
    }

    [Fact]
    public void A_debt_that_cannot_be_paid_at_once_stays()
    {
        var limiter = new ScriptedLimiter { Available = 2 };
        var account = Account(limiter);
        account.Spend(3);
        account.TryPay().ShouldBeFalse();
        account.HasDebt.ShouldBeTrue();
        limiter.Available = 3;
        account.TryPay().ShouldBeTrue();
    }

    [Fact]
    public async Task Paying_waits_its_turn_in_the_limiters_queue()
    {
        var limiter = new ScriptedLimiter { Available = 0 };
        var account = Account(limiter);
        account.Spend(3);
        var paying = account.PayAsync(default);
        paying.IsCompleted.ShouldBeFalse();
        limiter.Grant();
        await paying;
        account.HasDebt.ShouldBeFalse();
    }

    [Theory]
    [InlineData(null, 100)]
    [InlineData(250, 250)]
    [InlineData(0, 1)]
    [InlineData(-5, 1)]
    public async Task A_refusal_is_tried_again_when_the_limiter_says_or_soon(int? retryAfter, int expected)
    {
        var limiter = new ScriptedLimiter
        {
            Available = 0,
            Refuses = true,
            RetryAfter = retryAfter is { } milliseconds ? TimeSpan.FromMilliseconds(milliseconds) : null,
        };
        var account = Account(limiter);
        account.Spend(1);
        var paying = account.PayAsync(default);
        _rig.Time.Advance(TimeSpan.FromMilliseconds(expected) - TimeSpan.FromTicks(1));
        limiter.Asked.Count.ShouldBe(1);
        limiter.Available = 1;
        _rig.Time.Advance(TimeSpan.FromTicks(1));
        await paying;
        limiter.Asked.Count.ShouldBe(2);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Whoever_waits_can_be_stopped(bool refuses)
    {
        var account = Account(new ScriptedLimiter { Available = 0, Refuses = refuses });
        account.Spend(1);
        using var stop = new CancellationTokenSource();
        var paying = account.PayAsync(stop.Token);
        await stop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(paying);
    }

    [Fact]
    public void A_rate_of_our_own_goes_to_its_bucket_once_for_many()
    {
        using var limit = new RateLimit(1600, ProtocolFault.TooManyMessages);
        limit.Chunk.ShouldBe(100);
        limit.LargestPart.ShouldBe(1500);
        var account = new RateAccount(limit, _connection, _rig.Time);
        account.Spend(100);
        account.HasDebt.ShouldBeFalse();
        account.Spend(1);
        account.HasDebt.ShouldBeTrue();
        account.TryPay().ShouldBeTrue();
        limit.Limiter.GetStatistics(_connection)!.CurrentAvailablePermits.ShouldBeInRange(1400, 1500);
        account.Spend(99);
        account.HasDebt.ShouldBeFalse();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(15)]
    [InlineData(16)]
    [InlineData(1000)]
    public void A_rate_of_our_own_lets_a_burst_of_a_second_through_and_not_twice_as_much(int perSecond)
    {
        using var limit = new RateLimit(perSecond, ProtocolFault.TooManyBytes);
        var account = new RateAccount(limit, _connection, _rig.Time);
        account.Spend(perSecond);
        account.TryPay().ShouldBeTrue();
        account.Spend(100L * perSecond);
        account.TryPay().ShouldBeFalse();
    }

    [Fact]
    public async Task Each_connection_has_a_bucket_of_its_own()
    {
        using var limit = new RateLimit(10, ProtocolFault.TooManyMessages);
        var account = new RateAccount(limit, _connection, _rig.Time);
        account.Spend(100);
        account.TryPay().ShouldBeFalse();
        var other = new RateAccount(limit, (await _rig.ConnectAsync()).Connection, _rig.Time);
        other.Spend(10);
        other.TryPay().ShouldBeTrue();
    }

    [Fact]
    public void An_endpoints_own_buckets_are_disposed_with_the_server_and_an_applications_limiter_is_not()
    {
        var limiter = new ScriptedLimiter();
        var options = new RawWebSocketOptions { MessageRateLimiter = limiter, MaxBytesPerSecond = 100 };
        var limits = new RateLimits();
        var endpoint = limits.Of(options);
        limits.Of(options).ShouldBeSameAs(endpoint);
        endpoint.Messages!.Limiter.ShouldBeSameAs(limiter);
        var own = endpoint.Bytes!.Limiter;
        limits.Dispose();
        Should.Throw<ObjectDisposedException>(() => own.AttemptAcquire(_connection));
        limiter.AttemptAcquire(_connection).IsAcquired.ShouldBeTrue();
        limiter.IsDisposed.ShouldBeFalse();
    }

    [Fact]
    public void An_endpoint_without_limits_has_no_rates()
    {
        using var limits = new RateLimits();
        limits.Of(new RawWebSocketOptions { MaxMessagesPerSecond = null, MaxBytesPerSecond = null }).HasNone.ShouldBeTrue();
        limits.Of(new RawWebSocketOptions()).HasNone.ShouldBeFalse();
    }

    private static async Task PayAsync(RateAccount account, bool atOnce)
    {
        if (atOnce)
        {
            account.TryPay().ShouldBeTrue();
        }
        else
        {
            await account.PayAsync(default);
        }
    }

    private RateAccount Account(ScriptedLimiter limiter) =>
        new(new RateLimit(limiter, ProtocolFault.TooManyMessages), _connection, _rig.Time);
}
