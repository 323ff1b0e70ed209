using System.Net.Http.Json;

namespace RawWebSocket.Integration.Tests.Broadcasting;

public class GroupTests
{
    [Theory, InMemoryAndOverKestrel]
    public async Task Members_get_what_is_sent_to_their_group_and_nobody_else(ServerKind kind)
    {
        await using var app = TestApp.Mapping(routes => routes.MapRawWebSocket("/{room}", Joining()), kind: kind);
        await using var red1 = await JoinAsync(app, "red");
        await using var red2 = await JoinAsync(app, "red");
        await using var blue = await JoinAsync(app, "blue");

        app.Groups.Group("red").SendText("for red").ShouldBe(2);
        app.Groups.Group("blue").SendBinary([1]).ShouldBe(1);
        app.Groups.Group("green").SendText("for nobody").ShouldBe(0);
        app.Groups.Group("Red").SendText("names compare exactly").ShouldBe(0);
        app.Groups.All.SendText("for all").ShouldBe(3);

        await red1.ExpectTextAsync("for red");
        await red1.ExpectTextAsync("for all");
        await red2.ExpectTextAsync("for red");
        await red2.ExpectTextAsync("for all");
        await blue.ExpectBinaryAsync([1]);
        await blue.ExpectTextAsync("for all");
    }

    [Fact]
    public async Task Who_has_left_gets_nothing_more()
    {
        var handler = new ScriptedHandler();
        await using var app = TestApp.With(handler);
        await using var socket = await app.ConnectAsync();
        var connection = await handler.Opened;

        connection.Groups.ShouldBeEmpty();
        connection.JoinGroup("a").ShouldBeTrue();
        connection.JoinGroup("a").ShouldBeFalse("it was in already");
        connection.JoinGroup("b").ShouldBeTrue();
        connection.Groups.ShouldBe(["a", "b"], ignoreOrder: true);
        connection.LeaveGroup("a").ShouldBeTrue();
        connection.LeaveGroup("a").ShouldBeFalse("it was out already");
        connection.Groups.ShouldBe(["b"]);

        app.Groups.Group("a").SendText("missed").ShouldBe(0);
        app.Groups.Group("b").SendText("got").ShouldBe(1);
        await socket.ExpectTextAsync("got");
        Should.Throw<ArgumentNullException>(() => connection.JoinGroup(null!));
        Should.Throw<ArgumentNullException>(() => connection.LeaveGroup(null!));
        Should.Throw<ArgumentNullException>(() => app.Groups.Group(null!));
        Should.Throw<ArgumentNullException>(() => app.Groups.User(null!));
    }

    [Theory, InMemoryAndOverKestrel]
    public async Task Who_has_closed_is_in_no_group_and_joins_none(ServerKind kind)
    {
        var inClosed = new TaskCompletionSource<(int Groups, bool Joined, int All)>();
        TestApp? running = null;
        var joined = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var handler = new ScriptedHandler
        {
            WhenOpened = connection =>
            {
                connection.JoinGroup("room");
                joined.SetResult();
                return ValueTask.CompletedTask;
            },
            WhenClosed = (connection, _) =>
            {
                inClosed.SetResult((connection.Groups.Count, connection.JoinGroup("other"), running!.Groups.All.Count()));
                return ValueTask.CompletedTask;
            },
        };
        await using var app = running = TestApp.With(handler, kind: kind);
        await using var socket = await app.ConnectAsync();
        var connection = await handler.Opened;
        await joined.Task.Within();
        app.Groups.Group("room").ShouldBe([connection]);
        await socket.CloseAsync();
        await handler.Closed;

        (await inClosed.Task).ShouldBe((0, false, 0));
        app.Groups.Group("room").ShouldBeEmpty();
        app.Groups.Group("room").SendText("nobody").ShouldBe(0);
        connection.LeaveGroup("room").ShouldBeFalse();
    }

    [Fact]
    public async Task Some_can_be_left_out()
    {
        await using var app = TestApp.Mapping(routes => routes.MapRawWebSocket("/{room}", Joining()));
        await using var one = await JoinAsync(app, "room");
        await using var two = await JoinAsync(app, "room");
        await using var three = await JoinAsync(app, "room");
        var members = app.Groups.Group("room").OrderBy(member => member.Id).ToArray();

        app.Groups.Group("room").Except(members[0]).SendText("not one").ShouldBe(2);
        app.Groups.All.Except(members[0]).Except([members[1]]).SendText("only three").ShouldBe(1);
        app.Groups.All.Except(members).SendText("nobody").ShouldBe(0);
        app.Groups.All.Except(members[2]).ShouldBe(members.Take(2), ignoreOrder: true);
        app.Groups.All.SendText("all").ShouldBe(3);

        await one.ExpectTextAsync("all");
        await two.ExpectTextAsync("not one");
        await two.ExpectTextAsync("all");
        await three.ExpectTextAsync("not one");
        await three.ExpectTextAsync("only three");
        await three.ExpectTextAsync("all");
    }

    [Theory, InMemoryAndOverKestrel]
    public async Task A_user_is_reached_on_every_connection(ServerKind kind)
    {
        await using var app = TestApp.Mapping(
            routes =>
            {
                routes.MapRawWebSocket("/by-claim/{room}", Joining());
                routes.MapRawWebSocket(
                    "/by-role/{room}", Joining(), options => options.UserIdentifier = user => user.IsInRole("admin") ? "root" : null);
            },
            builder => TestAuthentication.AddTo(builder.Services),
            kind);
        await using var ada1 = await JoinAsync(app, "by-claim/x", "ada");
        await using var ada2 = await JoinAsync(app, "by-claim/y", "ada");
        await using var grace = await JoinAsync(app, "by-claim/x", "grace");
        await using var admin = await JoinAsync(app, "by-role/x", "ada,admin");
        await using var nobody = await JoinAsync(app, "by-claim/x");

        app.Groups.User("ada").SendText("for ada").ShouldBe(2);
        app.Groups.User("grace").SendText("for grace").ShouldBe(1);
        app.Groups.User("root").SendText("for root").ShouldBe(1);
        app.Groups.User("").SendText("for nobody").ShouldBe(0);
        await ada1.ExpectTextAsync("for ada");
        await ada2.ExpectTextAsync("for ada");
        await grace.ExpectTextAsync("for grace");
        await admin.ExpectTextAsync("for root");
        await nobody.ExpectSilenceAsync();

        await ada1.CloseAsync();
        app.Groups.User("ada").SendText("still one").ShouldBe(1);
        await ada2.ExpectTextAsync("still one");
    }

    [Fact]
    public async Task Any_endpoint_can_broadcast_through_the_services()
    {
        await using var app = TestApp.Mapping(routes =>
        {
            routes.MapRawWebSocket("/{room}", Joining());
            routes.MapPost("/say/{room}", (string room, JsonPoint point, WebSocketGroups groups) => groups.Group(room).SendJson(point));
        });
        await using var socket = await JoinAsync(app, "room");
        using var client = app.CreateClient();
        using var response = await client.PostAsJsonAsync("/say/room", new JsonPoint(3, "c"));
        (await response.Content.ReadAsStringAsync()).ShouldBe("1");
        (await socket.ExpectJsonAsync<JsonPoint>()).ShouldBe(new JsonPoint(3, "c"));
    }

    [Fact]
    public async Task Every_form_of_message_can_be_broadcast()
    {
        await using var app = TestApp.Mapping(routes => routes.MapRawWebSocket("/{room}", Joining()));
        await using var socket = await JoinAsync(app, "room");
        var group = app.Groups.Group("room");
        group.SendText("ä").ShouldBe(1);
        group.SendText("ö"u8).ShouldBe(1);
        group.SendBinary(Bytes.Counting(100_000)).ShouldBe(1);
        group.SendJson(new JsonPoint(1, "a")).ShouldBe(1);
        group.SendJson(new JsonPoint(2, "b"), GeneratedJson.Default.JsonPoint).ShouldBe(1);
        group.Send(new WebSocketMessage(WebSocketMessageType.Text, Bytes.InSegments("in parts"u8.ToArray(), 3))).ShouldBe(1);
        Should.Throw<ArgumentException>(() => group.SendText("half \uD83D"));
        Should.Throw<ArgumentException>(() => group.SendText([0xFF]));
        Should.Throw<ArgumentNullException>(() => group.SendText((string)null!));

        await socket.ExpectTextAsync("ä");
        await socket.ExpectTextAsync("ö");
        await socket.ExpectBinaryAsync(Bytes.Counting(100_000));
        (await socket.ExpectJsonAsync<JsonPoint>()).ShouldBe(new JsonPoint(1, "a"));
        await socket.ExpectTextAsync("{\"LEFT\":2,\"NAME\":\"b\"}");
        await socket.ExpectTextAsync("in parts");
        await socket.ExpectSilenceAsync();
    }

    [Fact]
    public async Task The_memory_of_a_broadcast_may_be_reused_at_once()
    {
        await using var app = TestApp.Mapping(routes => routes.MapRawWebSocket("/{room}", Joining()));
        await using var socket = await app.ConnectAsync("/room", options => options.TransportCapacity = 10);
        await socket.ExpectTextAsync("joined room");
        var bytes = new byte[100];
        for (byte i = 0; i < 50; i++)
        {
            bytes.AsSpan().Fill(i);
            app.Groups.All.SendBinary(bytes).ShouldBe(1);
        }

        for (byte i = 0; i < 50; i++)
        {
            (await socket.ExpectBinaryAsync()).ShouldAllBe(one => one == i);
        }
    }

    [Theory, InMemoryAndOverKestrel]
    public async Task A_handler_broadcasts_to_its_own_group_and_everyone_sees_the_same_order(ServerKind kind)
    {
        TestApp? running = null;
        var handler = new ScriptedHandler
        {
            WhenMessage = async (connection, message) =>
            {
                running!.Groups.All.SendText($"a {message.Text}").ShouldBe(2);
                await connection.SendTextAsync($"b {message.Text}");
                running.Groups.All.Send(message).ShouldBe(2);
            },
        };
        await using var app = running = TestApp.With(handler, kind: kind);
        await using var talker = await app.ConnectAsync();
        await using var listener = await app.ConnectAsync();
        await handler.Calls.CountAsync(2);
        await talker.SendFramesAsync([.. Enumerable.Range(0, 50).Select(number => TestFrame.Text($"{number}"))]);
        for (var number = 0; number < 50; number++)
        {
            await talker.ExpectTextAsync($"a {number}");
            await talker.ExpectTextAsync($"b {number}");
            await talker.ExpectTextAsync($"{number}");
            await listener.ExpectTextAsync($"a {number}");
            await listener.ExpectTextAsync($"{number}");
        }
    }

    private static async Task<TestWebSocket> JoinAsync(TestApp app, string room, string? user = null)
    {
        var socket = await app.ConnectAsync($"/{room}", options => options.Headers[TestAuthentication.Header] = user);
        await socket.ExpectTextAsync($"joined {room.Split('/').Last()}");
        return socket;
    }

    private static ScriptedHandler Joining() => new()
    {
        WhenOpened = async connection =>
        {
            var room = (string)connection.Request.RouteValues["room"]!;
            connection.JoinGroup(room);
            await connection.SendTextAsync($"joined {room}");
        },
    };
}
