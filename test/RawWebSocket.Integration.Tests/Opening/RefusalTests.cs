namespace RawWebSocket.Integration.Tests.Opening;

/// <summary>Refusals as they look on the wire and in the log.</summary>
public class RefusalTests
{
    [Theory]
    [InlineData("Connection: Upgrade", "Sec-WebSocket-Protocol: a b", 400)]
    [InlineData("Connection: keep-alive", "X-Other: x", 400)]
    [InlineData("Connection: Upgrade", "Sec-WebSocket-Version: 8", 426)]
    [InlineData("Connection: Upgrade", "Origin: https://elsewhere.example", 403)]
    public async Task Over_kestrel_a_client_that_was_refused_may_ask_again_on_the_same_connection(
        string connection, string line, int status)
    {
        await using var app = TestApp.With(ScriptedHandler.Echo(), kind: ServerKind.Kestrel);
        using var client = await RawHttpClient.ConnectAsync(app);
        for (var time = 0; time < 2; time++)
        {
            await client.SendHandshakeAsync(connection, line);
            (await client.ReadResponseAsync()).Head.ShouldStartWith($"HTTP/1.1 {status} ");
        }

        await client.SendAsync("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
        var (head, body) = await client.ReadResponseAsync();
        head.ShouldStartWith("HTTP/1.1 426 Upgrade Required\r\n");
        head.ShouldContain("\r\nConnection: keep-alive, Upgrade\r\n");
        body.ShouldContain("needs the header Upgrade: websocket");

        await client.SendAsync("GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        (await client.ReadToEndAsync()).ShouldContain("\r\nConnection: close, Upgrade\r\n");
    }

    [Theory]
    [InlineData("Upgrade\t,", 501, "Send the header Connection: Upgrade without tabs.")]
    [InlineData("keep-alive,\tUpgrade", 400, "or the server not seen it behind a tab.")]
    public async Task A_tab_in_the_connection_header_that_kestrel_does_not_read_is_named(string connection, int status, string words)
    {
        await using var app = TestApp.With(ScriptedHandler.Echo(), kind: ServerKind.Kestrel);
        using var client = await RawHttpClient.ConnectAsync(app);
        await client.SendHandshakeAsync($"Connection: {connection}");
        var (head, body) = await client.ReadResponseAsync();
        head.ShouldStartWith($"HTTP/1.1 {status} ");
        body.ShouldContain(words);
    }

    [Fact]
    public async Task A_path_cannot_write_a_line_of_its_own_into_the_log()
    {
        const string Escaped = "/a%0D%0AWebSocket%20b%E2%80%A8c";
        await using var app = TestApp.Mapping(routes => routes.MapRawWebSocket("/here/{**rest}", ScriptedHandler.Echo()));
        await using var socket = await app.ConnectAsync($"/here{Escaped}");
        (await app.Log.FirstAsync(1)).Message.ShouldContain($"opened at /here{Escaped},");

        await app.ExpectRefusalAsync($"/here{Escaped}", options => options.Headers.SecWebSocketVersion = "8");
        (await app.Log.FirstAsync(3)).Message.ShouldContain($"at /here{Escaped} refused");

        await app.ExpectRefusalAsync(Escaped);
        (await app.Log.FirstAsync(9)).Message.ShouldContain($"at {Escaped} reached");
        app.Log.Entries.Where(entry => entry.IsOurs).ShouldAllBe(entry => !entry.Message.Any(char.IsControl));
    }

    [Fact]
    public async Task Nor_can_a_close_reason()
    {
        await using var app = TestApp.With(ScriptedHandler.Echo());
        await using var socket = await app.ConnectAsync();
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "bye\r\nWebSocket 1\u2028opened\u202Eat /, bis später");
        (await app.Log.FirstAsync(10)).Message.ShouldEndWith("for the reason 'bye??WebSocket 1?opened?at /, bis später'.");
    }
}
