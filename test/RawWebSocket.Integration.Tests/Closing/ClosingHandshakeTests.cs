namespace RawWebSocket.Integration.Tests.Closing;

public class ClosingHandshakeTests
{
    [Theory, InMemoryAndOverKestrel]
    public async Task The_peer_closes_with_a_code_and_a_reason(ServerKind kind)
    {
        var handler = new ScriptedHandler();
        await using var app = TestApp.With(handler, kind: kind);
        await using var socket = await app.ConnectAsync();
        (await socket.CloseAsync((WebSocketCloseStatus)4321, "bis später")).ShouldBe(new TestClose((WebSocketCloseStatus)4321, ""));

        var closure = await handler.Closed;
        closure.ShouldBe((WebSocketCloseStatus)4321, "bis später", ClosedBy.Peer);
        closure.WasClean.ShouldBeTrue();
        (await (await handler.Opened).Completion.Within()).ShouldBe(closure);
    }

    [Theory, InMemoryAndOverKestrel]
    public async Task The_peer_closes_without_a_code(ServerKind kind)
    {
        var handler = new ScriptedHandler();
        await using var app = TestApp.With(handler, kind: kind);
        await using var socket = await app.ConnectAsync();
        await socket.SendCloseAsync();
        await socket.ExpectFrameAsync(TestFrame.Close());
        (await socket.ExpectEndAsync()).ShouldBe(TransportEnd.Finished);
        (await handler.Closed).ShouldBe(WebSocketCloseStatus.Empty, "", ClosedBy.Peer);
    }

    [Theory, InMemoryAndOverKestrel]
    public async Task The_server_closes_with_a_code_and_a_reason(ServerKind kind)
    {
        var handler = new ScriptedHandler();
        await using var app = TestApp.With(handler, kind: kind);
        await using var socket = await app.ConnectAsync(configure: options => options.AutoClose = false);
        var connection = await handler.Opened;
        var closing = connection.CloseAsync(WebSocketCloseStatus.PolicyViolation, "not thát");

        await socket.ExpectCloseAsync(WebSocketCloseStatus.PolicyViolation, "not thát");
        closing.IsCompleted.ShouldBeFalse("the peer has not answered yet");
        await socket.SendCloseAsync(WebSocketCloseStatus.NormalClosure);
        (await socket.ExpectEndAsync()).ShouldBe(TransportEnd.Finished);
        var closure = await closing.Within();
        closure.ShouldBe(WebSocketCloseStatus.PolicyViolation, "not thát", ClosedBy.Server);
        closure.WasClean.ShouldBeTrue();
        (await handler.Closed).ShouldBe(closure);
    }

    [Theory, InMemoryAndOverKestrel]
    public async Task Both_close_at_once(ServerKind kind)
    {
        var handler = new ScriptedHandler();
        await using var app = TestApp.With(handler, kind: kind);
        await using var socket = await app.ConnectAsync(configure: options => options.AutoClose = false);
        var connection = await handler.Opened;
        var closings = Task.WhenAll(
            Task.Run(() => connection.CloseAsync((WebSocketCloseStatus)4001, "server")),
            Task.Run(() => socket.SendCloseAsync(4002, "peer")));

        var close = await socket.ExpectCloseAsync();
        (await socket.ExpectEndAsync()).ShouldBe(TransportEnd.Finished);
        await closings.Within();
        var closure = await handler.Closed;
        closure.WasClean.ShouldBeTrue();
        ((int)closure.Code, closure.By).ShouldBeOneOf((4001, ClosedBy.Server), (4002, ClosedBy.Peer));
        ((int)close.Code).ShouldBeOneOf(4001, 4002);
        app.Log.Problems.ShouldBeEmpty();
    }

    [Fact]
    public async Task Whoever_closes_first_decides_the_code()
    {
        var handler = new ScriptedHandler();
        await using var app = TestApp.With(handler);
        await using var socket = await app.ConnectAsync();
        var connection = await handler.Opened;
        var first = connection.CloseAsync((WebSocketCloseStatus)4001, "first");
        var second = connection.CloseAsync((WebSocketCloseStatus)4002, "second");
        await socket.ExpectCloseAsync(4001, "first");
        (await first.Within()).ShouldBe((WebSocketCloseStatus)4001, "first", ClosedBy.Server);
        (await second.Within()).ShouldBe(await first);
        (await connection.CloseAsync().Within()).ShouldBe(await first, "also when everything is over");
    }

    [Fact]
    public async Task Many_may_close_at_once_and_one_close_frame_is_sent()
    {
        var handler = new ScriptedHandler();
        await using var app = TestApp.With(handler);
        await using var socket = await app.ConnectAsync();
        var connection = await handler.Opened;
        var closings = Enumerable.Range(0, 20)
            .Select(number => Task.Run(() => connection.CloseAsync((WebSocketCloseStatus)(4000 + number))))
            .ToArray();
        var close = await socket.ExpectCloseAsync();
        await socket.ExpectEndAsync();
        (await Task.WhenAll(closings).Within()).ShouldAllBe(closure => closure.Code == close.Code);
    }

    [Fact]
    public async Task A_cancelled_wait_for_the_close_does_not_stop_the_closing()
    {
        var handler = new ScriptedHandler();
        await using var app = TestApp.With(handler);
        await using var socket = await app.ConnectAsync();
        using var cancellation = new CancellationTokenSource();
        var closing = (await handler.Opened).CloseAsync(cancellationToken: cancellation.Token);
        await cancellation.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(closing);
        await socket.ExpectCloseAsync(WebSocketCloseStatus.NormalClosure);
        (await handler.Closed).WasClean.ShouldBeTrue();
    }

    [Fact]
    public async Task Messages_that_arrive_after_the_own_close_are_discarded_and_the_peers_close_is_found_behind_them()
    {
        var handler = new ScriptedHandler();
        await using var app = TestApp.With(handler, options => options.MaxMessageSize = 1000);
        await using var socket = await app.ConnectAsync(configure: options => options.AutoClose = false);
        var closing = (await handler.Opened).CloseAsync();
        await socket.ExpectCloseAsync(WebSocketCloseStatus.NormalClosure);
        await socket.SendFragmentsAsync(WebSocketMessageType.Binary, new byte[100_000], new byte[300_000]);
        await socket.SendTextAsync("and more");
        await socket.SendCloseAsync(WebSocketCloseStatus.NormalClosure);
        (await socket.ExpectEndAsync()).ShouldBe(TransportEnd.Finished);
        (await closing.Within()).WasClean.ShouldBeTrue();
        await handler.Closed;
        handler.Calls.ShouldBe(["opened", "closed 1000 Server"]);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(999)]
    [InlineData(1004)]
    [InlineData(1005)]
    [InlineData(1006)]
    [InlineData(1015)]
    [InlineData(1016)]
    [InlineData(2999)]
    [InlineData(5000)]
    public async Task A_code_that_may_not_be_sent_is_refused_and_nothing_happens(int code)
    {
        var handler = new ScriptedHandler();
        await using var app = TestApp.With(handler);
        await using var socket = await app.ConnectAsync();
        var connection = await handler.Opened;
        var thrown = await Should.ThrowAsync<ArgumentException>(() => connection.CloseAsync((WebSocketCloseStatus)code));
        thrown.ParamName.ShouldBe("code");
        thrown.Message.ShouldContain($"{code}");
        (await connection.SendTextAsync("still open")).ShouldBe(SendResult.Sent);
        await socket.ExpectTextAsync("still open");
    }

    [Fact]
    public async Task A_reason_of_123_bytes_is_sent_and_a_longer_one_refused()
    {
        var handler = new ScriptedHandler();
        await using var app = TestApp.With(handler);
        await using var socket = await app.ConnectAsync();
        var connection = await handler.Opened;
        var longest = new string('ä', 61) + "x";
        var thrown = await Should.ThrowAsync<ArgumentException>(() => connection.CloseAsync(reason: longest + "x"));
        thrown.ParamName.ShouldBe("reason");
        var closing = connection.CloseAsync(reason: longest);
        await socket.ExpectCloseAsync(WebSocketCloseStatus.NormalClosure, longest);
        await closing.Within();
    }

    [Fact]
    public async Task A_reason_with_half_a_surrogate_pair_is_refused_and_the_connection_lives()
    {
        var handler = ScriptedHandler.Echo();
        await using var app = TestApp.With(handler);
        await using var socket = await app.ConnectAsync();
        var connection = await handler.Opened;
        Should.Throw<ArgumentException>(() => connection.CloseAsync(reason: "half \uD83D")).ParamName.ShouldBe("reason");
        await socket.SendTextAsync("alive");
        await socket.ExpectTextAsync("alive");
    }

    [Fact]
    public async Task The_token_is_cancelled_and_the_completion_completes_whoever_closes()
    {
        var handler = new ScriptedHandler();
        await using var app = TestApp.With(handler);
        await using var byPeer = await app.ConnectAsync();
        var connection = await handler.Opened;
        connection.Closed.IsCancellationRequested.ShouldBeFalse();
        connection.Completion.IsCompleted.ShouldBeFalse();
        await byPeer.SendCloseAsync(WebSocketCloseStatus.NormalClosure);
        await connection.Closed.CancelledAsync();
        (await connection.Completion.Within()).By.ShouldBe(ClosedBy.Peer);
    }

    [Fact]
    public async Task A_protocol_error_closes_with_1002_and_the_peer_can_read_it()
    {
        var handler = new ScriptedHandler();
        await using var app = TestApp.With(handler, kind: ServerKind.Kestrel);
        await using var socket = await app.ConnectAsync();
        await socket.SendFrameAsync(TestFrame.Text("not masked") with { Masked = false });
        await socket.ExpectCloseAsync(WebSocketCloseStatus.ProtocolError);
        (await socket.ExpectEndAsync()).ShouldBe(TransportEnd.Finished);
        (await handler.Closed).ShouldSatisfyAllConditions(
            closure => closure.Code.ShouldBe(WebSocketCloseStatus.ProtocolError),
            closure => closure.By.ShouldBe(ClosedBy.Server));
        handler.Calls.ShouldNotContain(call => call.StartsWith("error", StringComparison.Ordinal));
        (await app.Log.FirstAsync(2)).Message.ShouldContain("1002");
    }
}
