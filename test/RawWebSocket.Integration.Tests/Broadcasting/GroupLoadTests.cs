using System.Globalization;

namespace RawWebSocket.Integration.Tests.Broadcasting;

public class GroupLoadTests
{
    private const int Members = 500;
    private const int Broadcasts = 40;

    [Fact]
    public async Task Five_hundred_members_join_leave_and_go_while_everyone_is_broadcast_to()
    {
        var joined = 0;
        var allJoined = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var handler = new ScriptedHandler
        {
            WhenOpened = connection =>
            {
                connection.JoinGroup("room");
                if (Interlocked.Increment(ref joined) == Members)
                {
                    allJoined.SetResult();
                }

                return ValueTask.CompletedTask;
            },
        };
        await using var app = TestApp.With(handler);
        var sockets = new List<TestWebSocket>();
        for (var i = 0; i < Members; i++)
        {
            sockets.Add(await app.ConnectAsync($"/?{KindOf(i)}"));
        }

        await allJoined.Task.Within();
        var connections = app.Groups.Group("room").ToArray();
        connections.Length.ShouldBe(Members);

        using var done = new CancellationTokenSource();
        var churning = connections.Where(connection => Is(connection, "churns")).Select(connection => Task.Run(async () =>
        {
            while (!done.IsCancellationRequested)
            {
                connection.LeaveGroup("room").ShouldBeTrue();
                await Task.Yield();
                connection.JoinGroup("room").ShouldBeTrue();
                await Task.Yield();
            }
        })).ToArray();
        var going = Task.WhenAll(sockets.Where((_, i) => KindOf(i) == "goes").Select(socket => Task.Run(() => socket.CloseAsync())));
        var reading = sockets.Select((socket, i) => KindOf(i) == "goes" ? Task.FromResult<int[]>([]) : ReadAsync(socket)).ToArray();

        var stable = connections.Count(connection => Is(connection, "stays"));
        for (var number = 0; number < Broadcasts; number++)
        {
            app.Groups.Group("room").SendText($"{number}").ShouldBeInRange(stable, Members);
            await Task.Yield();
        }

        await going.WaitAsync(Waiting.Limit);
        await done.CancelAsync();
        await Task.WhenAll(churning).Within();
        app.Groups.All.SendText("end").ShouldBeInRange(Members * 9 / 10, Members);

        var read = await Task.WhenAll(reading).Within();
        for (var i = 0; i < Members; i++)
        {
            read[i].ShouldBeInOrder(SortDirection.Ascending);
            read[i].ShouldBeUnique();
            if (KindOf(i) == "stays")
            {
                read[i].Length.ShouldBe(Broadcasts);
            }
        }

        foreach (var socket in sockets)
        {
            await socket.DisposeAsync();
        }
    }

    private static string KindOf(int member) => (member % 10) switch
    {
        0 => "goes",
        < 5 => "churns",
        _ => "stays",
    };

    private static bool Is(WebSocketConnection connection, string kind) => connection.Request.QueryString.Value == $"?{kind}";

    private static async Task<int[]> ReadAsync(TestWebSocket socket)
    {
        var numbers = new List<int>();
        for (var text = await socket.ExpectTextAsync(); text != "end"; text = await socket.ExpectTextAsync())
        {
            numbers.Add(int.Parse(text, CultureInfo.InvariantCulture));
        }

        return [.. numbers];
    }
}
