using RawWebSocket.Tests.Connections;

namespace RawWebSocket.Tests;

public sealed class WebSocketGroupsTests : IDisposable
{
    private readonly ConnectionsRig _rig = new();
    private readonly WebSocketGroups _groups;

    public WebSocketGroupsTests() => _groups = new WebSocketGroups(_rig.Directory);

    public void Dispose() => _rig.Dispose();

    [Fact]
    public async Task A_message_reaches_each_of_its_audience_and_nobody_else()
    {
        var (ada, bob) = (await ConnectAsync("ada"), await ConnectAsync("bob"));
        bob.Connection.JoinGroup("room").ShouldBeTrue();

        _groups.All.SendText("all").ShouldBe(2);
        _groups.Group("room").SendBinary("room"u8).ShouldBe(1);
        _groups.User("ada").SendText("ada"u8).ShouldBe(1);
        _groups.All.Except(bob.Connection).SendJson(new { x = 1 }).ShouldBe(1);
        _groups.Group("nowhere").SendText("x").ShouldBe(0);

        ada.Sent().ShouldBe(["81 all", "81 ada", "81 {\"x\":1}"]);
        bob.Sent().ShouldBe(["81 all", "82 room"]);
    }

    [Fact]
    public async Task An_audience_is_decided_anew_at_each_use()
    {
        var room = _groups.Group("room");
        room.ShouldBeEmpty();
        var ada = await ConnectAsync("ada");
        ada.Connection.JoinGroup("room");
        room.ShouldBe([ada.Connection]);
        room.Except(ada.Connection).ShouldBeEmpty();
        ada.Connection.LeaveGroup("room");
        room.ShouldBeEmpty();
    }

    [Fact]
    public async Task Leaving_some_out_leaves_out_those_left_out_before()
    {
        var (one, two, three) = (await ConnectAsync(), await ConnectAsync(), await ConnectAsync());
        _groups.All.Except(one.Connection).Except(two.Connection).ShouldBe([three.Connection]);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(9)]
    [InlineData(17)]
    public async Task However_many_there_are_each_gets_a_message_once(int count)
    {
        var members = new List<ConnectionRig>();
        for (var i = 0; i < count; i++)
        {
            members.Add(await ConnectAsync());
        }

        _groups.All.SendText("first").ShouldBe(count);
        _groups.All.Except(members[0].Connection, members[^1].Connection).SendText("second").ShouldBe(Math.Max(0, count - 2));
        _groups.All.SendText("third").ShouldBe(count);

        for (var i = 0; i < count; i++)
        {
            members[i].Sent().ShouldBe(i == 0 || i == count - 1 ? ["81 first", "81 third"] : ["81 first", "81 second", "81 third"]);
        }
    }

    [Fact]
    public async Task What_cannot_be_text_is_refused_before_anyone_gets_it()
    {
        var rig = await ConnectAsync();
        Should.Throw<ArgumentException>(() => _groups.All.SendText("\uD83C"));
        Should.Throw<ArgumentException>(() => _groups.All.SendText([0xFF]));
        rig.Sent().ShouldBeEmpty();
    }

    private async Task<ConnectionRig> ConnectAsync(string? user = null)
    {
        var rig = await _rig.ConnectAsync(user);
        _rig.Open.Add(rig.Connection);
        _rig.Directory.Add(rig.Connection);
        return rig;
    }
}
