using System.Net;
using RawWebSocket.Handshake;
using RawWebSocket.Hosting;

namespace RawWebSocket.Tests.Hosting;

public class ConnectionSlotsTests
{
    private static readonly IPAddress Somewhere = IPAddress.Parse("192.0.2.1");

    private readonly RawWebSocketServerOptions _limits = new();
    private readonly ConnectionSlots _slots;

    public ConnectionSlotsTests() => _slots = new ConnectionSlots(_limits);

    [Fact]
    public void There_are_as_many_slots_as_connections_allowed_and_one_given_back_can_be_taken_again()
    {
        _limits.MaxConnections = 2;
        var first = Take();
        Take();
        ShouldBeFull(RefusalReason.Connections);
        first.Dispose();
        Take();
        ShouldBeFull(RefusalReason.Connections);
    }

    [Fact]
    public void A_slot_that_is_given_back_leaves_nothing_counted()
    {
        var kept = Take(Somewhere, "ada");
        var slot = Take(Somewhere, "ada");
        slot.Dispose();
        _slots.Taken.ShouldBe(1);
        _slots.Counted.ShouldBe(2);
        kept.Dispose();
        _slots.Taken.ShouldBe(0);
        _slots.Counted.ShouldBe(0);
    }

    [Fact]
    public void Each_address_has_its_own_share()
    {
        _limits.MaxConnectionsPerAddress = 1;
        Take(Somewhere);
        ShouldBeFull(RefusalReason.ConnectionsPerAddress, Somewhere);
        Take(IPAddress.Parse("192.0.2.2"));
    }

    [Fact]
    public void Each_user_has_his_own_share_from_wherever_he_comes()
    {
        _limits.MaxConnectionsPerUser = 1;
        Take(Somewhere, "ada");
        ShouldBeFull(RefusalReason.ConnectionsPerUser, IPAddress.Parse("192.0.2.2"), "ada");
        Take(Somewhere, "Ada");
        Take(Somewhere);
        Take(Somewhere);
    }

    [Fact]
    public void A_refusal_takes_nothing_of_what_had_room()
    {
        _limits.MaxConnectionsPerUser = 1;
        Take(user: "ada");
        ShouldBeFull(RefusalReason.ConnectionsPerUser, Somewhere, "ada");
        _slots.Taken.ShouldBe(1);
        _slots.Counted.ShouldBe(1);
    }

    [Fact]
    public void Without_limits_nothing_is_kept_of_addresses_and_users()
    {
        _limits.MaxConnections = _limits.MaxConnectionsPerAddress = _limits.MaxConnectionsPerUser = null;
        for (var i = 0; i < 2000; i++)
        {
            Take(Somewhere, "ada");
        }

        _slots.Counted.ShouldBe(0);
        _slots.Taken.ShouldBe(2000);
    }

    [Fact]
    public void By_default_this_machine_may_open_10_000_connections_and_another_1_000()
    {
        for (var i = 0; i < 10_000; i++)
        {
            Take(IPAddress.Loopback);
        }

        for (var i = 0; i < 1000; i++)
        {
            Take(Somewhere);
        }

        ShouldBeFull(RefusalReason.ConnectionsPerAddress, Somewhere);
    }

    [Fact]
    public async Task Under_contention_no_limit_is_passed_and_nothing_is_left_over()
    {
        _limits.MaxConnections = 3;
        _limits.MaxConnectionsPerAddress = 2;
        var most = 0;
        var taken = 0;
        await Task.WhenAll(Enumerable.Range(0, 4).Select(number => Task.Run(() =>
        {
            var address = new IPAddress([192, 0, 2, (byte)(number % 2)]);
            for (var i = 0; i < 5000; i++)
            {
                using var slot = _slots.TryTake(address, $"user {number}", out _);
                if (slot is not null)
                {
                    var now = Interlocked.Increment(ref taken);
                    InterlockedMax(ref most, now);
                    Interlocked.Decrement(ref taken);
                }
            }
        })));
        most.ShouldBeInRange(1, 3);
        _slots.Taken.ShouldBe(0);
        _slots.Counted.ShouldBe(0);
    }

    private static void InterlockedMax(ref int most, int value)
    {
        int seen;
        do
        {
            seen = Volatile.Read(ref most);
        }
        while (value > seen && Interlocked.CompareExchange(ref most, value, seen) != seen);
    }

    private ConnectionSlot Take(IPAddress? address = null, string? user = null) =>
        _slots.TryTake(address, user, out var full).ShouldNotBeNull($"{full}");

    private void ShouldBeFull(RefusalReason limit, IPAddress? address = null, string? user = null)
    {
        _slots.TryTake(address, user, out var full).ShouldBeNull();
        full.ShouldBe(limit);
    }
}
