using RawWebSocket.Connections;
using RawWebSocket.Groups;
using RawWebSocket.Tests.Connections;

namespace RawWebSocket.Tests.Groups;

public sealed class GroupDirectoryTests : IDisposable
{
    private readonly ConnectionsRig _rig = new();

    private GroupDirectory Directory => _rig.Directory;

    public void Dispose() => _rig.Dispose();

    [Fact]
    public async Task All_are_those_that_were_added_and_not_removed()
    {
        var (one, other) = (await AddAsync(), await AddAsync());
        Directory.MembersOf(Audience.All, "").ShouldBe([one, other], ignoreOrder: true);
        Directory.Remove(one);
        Directory.MembersOf(Audience.All, "").ShouldBe([other]);
    }

    [Fact]
    public async Task All_are_counted_anew_only_when_somebody_has_come_or_gone()
    {
        var one = await AddAsync();
        var before = Directory.MembersOf(Audience.All, "");
        Directory.Join(one, "a");
        Directory.MembersOf(Audience.All, "").ShouldBeSameAs(before);
        var other = await AddAsync();
        Directory.MembersOf(Audience.All, "").ShouldBe([one, other], ignoreOrder: true);
        before.ShouldBe([one]);
    }

    [Fact]
    public async Task One_that_is_open_but_was_not_added_yet_is_not_among_all()
    {
        var member = await AddAsync();
        _rig.Open.Add((await _rig.ConnectAsync()).Connection);
        Directory.MembersOf(Audience.All, "").ShouldBe([member]);
    }

    [Fact]
    public async Task Joining_and_leaving_say_whether_they_changed_anything()
    {
        var connection = await AddAsync();
        Directory.Leave(connection, "a").ShouldBeFalse();
        Directory.Join(connection, "a").ShouldBeTrue();
        Directory.Join(connection, "a").ShouldBeFalse();
        Directory.Join(connection, "A").ShouldBeTrue();
        Directory.GroupsOf(connection).ShouldBe(["a", "A"], ignoreOrder: true);
        Directory.Leave(connection, "a").ShouldBeTrue();
        Directory.Leave(connection, "a").ShouldBeFalse();
        Directory.GroupsOf(connection).ShouldBe(["A"]);
        Directory.MembersOf(Audience.Group, "a").ShouldBeEmpty();
        Directory.MembersOf(Audience.Group, "A").ShouldBe([connection]);
    }

    [Fact]
    public async Task A_connection_that_is_gone_is_in_nothing_and_can_join_nothing()
    {
        var (gone, stays) = (await AddAsync("ada"), await AddAsync("ada"));
        Directory.Join(gone, "a");
        Directory.Join(stays, "a");
        Directory.Remove(gone);
        Directory.Remove(gone);

        Directory.Join(gone, "a").ShouldBeFalse();
        Directory.Leave(gone, "a").ShouldBeFalse();
        Directory.GroupsOf(gone).ShouldBeEmpty();
        Directory.MembersOf(Audience.Group, "a").ShouldBe([stays]);
        Directory.MembersOf(Audience.User, "ada").ShouldBe([stays]);
    }

    [Fact]
    public async Task One_that_was_never_added_can_join_nothing()
    {
        var stranger = (await _rig.ConnectAsync()).Connection;
        Directory.Join(stranger, "a").ShouldBeFalse();
        Directory.MembersOf(Audience.Group, "a").ShouldBeEmpty();
    }

    [Fact]
    public async Task A_users_connections_are_those_with_his_name()
    {
        var (ada, alsoAda, bob) = (await AddAsync("ada"), await AddAsync("ada"), await AddAsync("bob"));
        await AddAsync();
        Directory.MembersOf(Audience.User, "ada").ShouldBe([ada, alsoAda], ignoreOrder: true);
        Directory.MembersOf(Audience.User, "bob").ShouldBe([bob]);
        Directory.MembersOf(Audience.User, "Ada").ShouldBeEmpty();
    }

    [Fact]
    public async Task A_broadcast_goes_on_with_the_members_it_began_with()
    {
        var one = await AddAsync();
        Directory.Join(one, "a");
        var members = Directory.MembersOf(Audience.Group, "a");
        var other = await AddAsync();
        Directory.Join(other, "a");
        Directory.Leave(one, "a");
        members.ShouldBe([one]);
        Directory.MembersOf(Audience.Group, "a").ShouldBe([other]);
    }

    [Fact]
    public async Task A_broadcast_copies_nobody_while_nothing_changes()
    {
        Directory.Join(await AddAsync(), "a");
        Directory.MembersOf(Audience.Group, "a").ShouldBeSameAs(Directory.MembersOf(Audience.Group, "a"));
    }

    [Fact]
    public async Task Joining_and_leaving_from_many_threads_ends_where_each_ended()
    {
        var connections = new List<Connection>();
        for (var i = 0; i < 8; i++)
        {
            connections.Add(await AddAsync("ada"));
        }

        await Task.WhenAll(connections.Select((connection, number) => Task.Run(() =>
        {
            for (var i = 0; i < 500; i++)
            {
                Directory.Join(connection, $"{i % 7}").ShouldBeTrue();
                Directory.MembersOf(Audience.Group, $"{i % 7}").ShouldContain(connection);
                Directory.Leave(connection, $"{i % 7}").ShouldBeTrue();
            }

            Directory.Join(connection, "last");
            if (number % 2 == 0)
            {
                Directory.Remove(connection);
            }
        })));

        var left = connections.Where((_, number) => number % 2 == 1);
        Directory.MembersOf(Audience.Group, "last").ShouldBe(left, ignoreOrder: true);
        Directory.MembersOf(Audience.All, "").ShouldBe(left, ignoreOrder: true);
        Directory.MembersOf(Audience.User, "ada").ShouldBe(left, ignoreOrder: true);
        Directory.MembersOf(Audience.Group, "3").ShouldBeEmpty();
    }

    private async Task<Connection> AddAsync(string? user = null)
    {
        var connection = (await _rig.ConnectAsync(user)).Connection;
        _rig.Open.Add(connection);
        Directory.Add(connection);
        return connection;
    }
}
