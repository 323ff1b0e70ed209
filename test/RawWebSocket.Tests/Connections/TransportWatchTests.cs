using System.IO.Pipelines;
using Microsoft.Extensions.Logging.Abstractions;
using RawWebSocket.Connections.Lifetime;

namespace RawWebSocket.Tests.Connections;

public sealed class TransportWatchTests : IDisposable
{
    private const int Block = 4096;
    private const long MiB = 1024 * 1024;

    private static readonly PipeOptions Unlimited = new(pauseWriterThreshold: 0);

    private static byte[] EmptyText => [0x81, 0x80, 0, 0, 0, 0];

    private readonly ConnectionsRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Fact]
    public void A_connection_takes_whole_blocks_and_so_many_fit_as_is_safe()
    {
        var room = new TransportRoom(Budget: 48 * MiB, ReadAhead: 32 * 1024, WriteBehind: 16 * 1024, Block);
        room.InBlocks(0).ShouldBe(0);
        room.InBlocks(1).ShouldBe(Block);
        room.InBlocks(Block).ShouldBe(Block);
        room.Most.ShouldBe(56 * 1024);
        room.SafeConnections.ShouldBe(877);
        (room with { Block = 64 * 1024 }).InBlocks(1).ShouldBe(64 * 1024);
        (room with { ReadAhead = 1L << 40 }).SafeConnections.ShouldBe(0);
    }

    [Theory]
    [InlineData(48, 20)] // never faster
    [InlineData(400, 97)]
    [InlineData(6000, 1000)] // never slower
    public void It_looks_as_often_as_the_buffers_could_fill(int budgetInMiB, int milliseconds)
    {
        using var watch = Watch(new(budgetInMiB * MiB, MiB, 65_536, Block));
        ((int)watch.Period.TotalMilliseconds).ShouldBe(milliseconds);
    }

    [Fact]
    public async Task It_looks_only_while_there_are_so_many_that_they_could_hold_too_much()
    {
        var room = new TransportRoom(Budget: 2 * MiB, ReadAhead: MiB - Block, WriteBehind: 0, Block);
        using var watch = Watch(room with { Budget = 2 * room.Most });
        var (one, other) = (await LetInAsync(watch), await LetInAsync(watch));
        watch.IsWatching.ShouldBeFalse();
        var third = await LetInAsync(watch);
        watch.IsWatching.ShouldBeTrue();

        _rig.Open.Remove(one.Connection);
        _rig.Open.Remove(other.Connection);
        _rig.Time.Advance(watch.Period);
        watch.IsWatching.ShouldBeFalse();

        var fourth = await LetInAsync(watch);
        await LetInAsync(watch);
        watch.IsWatching.ShouldBeTrue();
        third.Transport.IsAborted.ShouldBeFalse();
        fourth.Transport.IsAborted.ShouldBeFalse();
    }

    [Fact]
    public async Task Those_for_whom_most_is_held_are_aborted_until_the_rest_fits()
    {
        var room = new TransportRoom(Budget: 3 * MiB / 2, ReadAhead: MiB, WriteBehind: 0, Block);
        using var watch = Watch(room);
        var read = await LetInAsync(watch, static async connection =>
        {
            while (await connection.ReceiveAsync() is not null)
            {
            }
        });
        ConnectionRig[] heldBack = [await LetInAsync(watch), await LetInAsync(watch)];
        foreach (var rig in heldBack)
        {
            await HoldBackAsync(rig, room);
        }

        await read.PeerSends(EmptyText);
        _rig.Time.Advance(watch.Period);
        heldBack.Count(rig => rig.Transport.IsAborted).ShouldBe(1);
        read.Transport.IsAborted.ShouldBeFalse();

        // What the aborted one still holds is on its way, and counts no more.
        _rig.Time.Advance(watch.Period);
        heldBack.Count(rig => rig.Transport.IsAborted).ShouldBe(1);
    }

    [Fact]
    public async Task Within_the_budget_nobody_is_aborted()
    {
        var room = new TransportRoom(Budget: 2 * MiB, ReadAhead: MiB - Block, WriteBehind: 0, Block);
        using var watch = Watch(room);
        ConnectionRig[] heldBack = [await LetInAsync(watch), await LetInAsync(watch)];
        foreach (var rig in heldBack)
        {
            await HoldBackAsync(rig, room);
        }

        _rig.Time.Advance(watch.Period * 10);
        heldBack.ShouldAllBe(rig => !rig.Transport.IsAborted);
    }

    [Fact]
    public async Task It_looks_less_often_while_the_buffers_need_long_to_fill()
    {
        var room = new TransportRoom(Budget: 160 * MiB, ReadAhead: 80 * MiB, WriteBehind: 0, Block);
        using var watch = Watch(room);
        ConnectionRig[] rigs = [await LetInAsync(watch), await LetInAsync(watch), await LetInAsync(watch)];
        _rig.Time.Advance(watch.Period);
        foreach (var rig in rigs)
        {
            await HoldBackAsync(rig, room);
        }

        // Nothing was held, and in a period comes a quarter of the budget: that takes four, and in a fifth it is exceeded by a quarter.
        _rig.Time.Advance(watch.Period * 4);
        rigs.ShouldAllBe(rig => !rig.Transport.IsAborted);
        _rig.Time.Advance(watch.Period);
        rigs.Count(rig => rig.Transport.IsAborted).ShouldBe(2);
    }

    // The delegate that they are for asks for none, and only one may wait for it.
    private static async Task HoldBackAsync(ConnectionRig rig, TransportRoom room)
    {
        await rig.PeerSends([.. EmptyText, .. EmptyText]);
        await Until(() => rig.Connection.TransportBytes(room) >= room.ReadAhead);
    }

    private static async Task Until(Func<bool> isSo)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!isSo())
        {
            patience.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    private TransportWatch Watch(TransportRoom room) => new(_rig.Open, () => room, _rig.Time, NullLogger.Instance);

    private async Task<ConnectionRig> LetInAsync(TransportWatch watch, Func<WebSocketConnection, Task>? handler = null)
    {
        var rig = await _rig.ConnectAsync(
            options: new RawWebSocketOptions { ReceiveAheadBytes = 1 }, memory: new MemoryTransport(Unlimited));
        watch.OnNewcomer();
        _ = rig.Run(handler ?? (static connection => connection.Completion));
        await Until(() => _rig.Open.All.Contains(rig.Connection));
        return rig;
    }
}
