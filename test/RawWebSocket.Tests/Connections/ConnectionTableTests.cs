using RawWebSocket.Connections;
using RawWebSocket.Connections.Lifetime;

namespace RawWebSocket.Tests.Connections;

public sealed class ConnectionTableTests : IDisposable
{
    private readonly ConnectionsRig _rig = new();
    private readonly ConnectionTable _table = new();

    public void Dispose() => _rig.Dispose();

    [Fact]
    public async Task Everyone_added_is_there_until_removed_however_many_there_are()
    {
        var connections = new List<Connection>();
        for (var count = 0; count < 100; count++)
        {
            var connection = await NewAsync();
            connections.Add(connection);
            _table.Add(connection);
            _table.All.ShouldBe(connections);
        }

        while (connections.Count > 0)
        {
            _table.Remove(connections[connections.Count / 2]);
            connections.RemoveAt(connections.Count / 2);
            _table.All.ShouldBe(connections);
        }
    }

    [Fact]
    public async Task Removing_one_that_was_never_added_or_is_gone_takes_nobodys_place()
    {
        var (first, second, never) = (await NewAsync(), await NewAsync(), await NewAsync());
        _table.Remove(never).ShouldBeFalse();
        _table.Add(first);
        _table.Add(second);
        _table.Remove(never).ShouldBeFalse();
        _table.All.ShouldBe([first, second]);
        _table.Remove(second).ShouldBeTrue();
        _table.Remove(second).ShouldBeFalse();
        _table.Add(never);
        _table.Remove(second).ShouldBeFalse();
        _table.All.ShouldBe([first, never]);
    }

    [Fact]
    public async Task A_place_that_is_free_is_taken_by_the_next()
    {
        var (first, second, third) = (await NewAsync(), await NewAsync(), await NewAsync());
        _table.Add(first);
        _table.Add(second);
        _table.Remove(first);
        _table.Add(third);
        third.Place.ShouldBe(first.Place);
        _table.All.ShouldBe([third, second]);
    }

    [Fact]
    public async Task It_may_be_changed_while_somebody_looks()
    {
        var (first, second) = (await NewAsync(), await NewAsync());
        _table.Add(first);
        _table.Add(second);
        var seen = new List<Connection>();
        foreach (var connection in _table.All)
        {
            seen.Add(connection);
            _table.Remove(second);
        }

        seen.ShouldBe([first]);
    }

    private async Task<Connection> NewAsync() => (await _rig.ConnectAsync()).Connection;
}
