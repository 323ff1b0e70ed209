using System.Text;

namespace RawWebSocket.Integration.Tests.Compression;

/// <summary>.NET's own client with every combination of its options for permessage-deflate.</summary>
public class ClientWebSocketCompressionTests
{
    private static readonly WebSocketCompressionMode[] Modes =
        [WebSocketCompressionMode.Shared, WebSocketCompressionMode.Dedicated, WebSocketCompressionMode.Adaptive];

    private static readonly string Json = string.Concat(
        Enumerable.Range(0, 300).Select(i => $$"""{"id":{{i}},"symbol":"ÄBC{{i % 7}}","price":{{i * 17 % 101}}.25,"side":"buy"},"""));

    public static TheoryData<WebSocketCompressionMode, bool, bool> Takeovers()
    {
        var data = new TheoryData<WebSocketCompressionMode, bool, bool>();
        foreach (var mode in Modes)
        {
            data.Add(mode, true, true);
            data.Add(mode, true, false);
            data.Add(mode, false, true);
            data.Add(mode, false, false);
        }

        return data;
    }

    [Theory, MemberData(nameof(Takeovers))]
    public async Task Messages_of_all_sizes_come_back_with_every_pair_of_windows(WebSocketCompressionMode mode, bool server, bool client)
    {
        await using var app = TestApp.With(
            ScriptedHandler.Echo(),
            options =>
            {
                options.Compression.Mode = mode;
                options.Compression.MinimumSize = 0;
            },
            kind: ServerKind.Kestrel);
        for (var serverBits = 9; serverBits <= 15; serverBits++)
        {
            for (var clientBits = 9; clientBits <= 15; clientBits++)
            {
                await EchoAllAsync(app, new WebSocketDeflateOptions
                {
                    ServerContextTakeover = server,
                    ClientContextTakeover = client,
                    ServerMaxWindowBits = serverBits,
                    ClientMaxWindowBits = clientBits,
                });
            }
        }
    }

    [Fact]
    public async Task A_message_longer_than_what_is_compressed_at_once_comes_back()
    {
        await using var app = TestApp.With(
            ScriptedHandler.Echo(), options => options.Compression.Mode = WebSocketCompressionMode.Dedicated, kind: ServerKind.Kestrel);
        using var socket = await ConnectAsync(app, new WebSocketDeflateOptions());
        var text = string.Concat(Enumerable.Repeat(Json, 30));
        for (var i = 0; i < 3; i++)
        {
            await EchoAsync(socket, text);
        }
    }

    [Fact]
    public async Task A_message_that_must_not_be_compressed_comes_between_others_that_are()
    {
        await using var app = TestApp.With(
            async connection =>
            {
                await connection.SendTextAsync(Json);
                await connection.SendAsync(WebSocketMessageType.Text, Encoding.UTF8.GetBytes(Json), MessageCompression.None);
                connection.Post(WebSocketMessageType.Text, Encoding.UTF8.GetBytes(Json), MessageCompression.None);
                connection.PostText(Json);
                await connection.SendAsync(WebSocketMessageType.Text, new MemoryStream(Encoding.UTF8.GetBytes(Json)));
                (await connection.ReceiveAsync()).ShouldBeNull();
            },
            options => options.Compression.Mode = WebSocketCompressionMode.Dedicated,
            kind: ServerKind.Kestrel);
        using var socket = await ConnectAsync(app, new WebSocketDeflateOptions());
        for (var i = 0; i < 5; i++)
        {
            (await ReceiveAsync(socket)).ShouldBe(Json);
        }
    }

    [Fact]
    public async Task Broadcasts_and_own_messages_alternate_in_one_context()
    {
        await using var app = TestApp.With(
            ScriptedHandler.Echo(), options => options.Compression.Mode = WebSocketCompressionMode.Dedicated, kind: ServerKind.Kestrel);
        using var first = await ConnectAsync(app, new WebSocketDeflateOptions());
        using var second = await ConnectAsync(app, new WebSocketDeflateOptions { ServerMaxWindowBits = 10 });
        using var third = await ConnectAsync(app, null);
        await EchoAsync(first, Json);
        await EchoAsync(second, Json);
        await EchoAsync(third, Json);
        for (var i = 0; i < 3; i++)
        {
            app.Groups.All.SendText($"{Json} to everyone, {i}").ShouldBe(3);
            (await ReceiveAsync(first)).ShouldBe($"{Json} to everyone, {i}");
            (await ReceiveAsync(second)).ShouldBe($"{Json} to everyone, {i}");
            (await ReceiveAsync(third)).ShouldBe($"{Json} to everyone, {i}");
            await EchoAsync(first, Json + i);
            await EchoAsync(second, Json + i);
            await EchoAsync(third, Json + i);
        }
    }

    private static async Task EchoAllAsync(TestApp app, WebSocketDeflateOptions options)
    {
        using var socket = await ConnectAsync(app, options);
        foreach (var length in (int[])[0, 1, 5, 200, Json.Length, 0, 200, 200, Json.Length])
        {
            await EchoAsync(socket, Json[..length]);
        }

        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, Token());
    }

    private static async Task EchoAsync(ClientWebSocket socket, string text)
    {
        await socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, endOfMessage: true, Token());
        (await ReceiveAsync(socket)).ShouldBe(text);
    }

    private static async Task<string> ReceiveAsync(ClientWebSocket socket)
    {
        var received = new MemoryStream();
        var buffer = new byte[8192];
        ValueWebSocketReceiveResult result;
        do
        {
            result = await socket.ReceiveAsync(buffer.AsMemory(), Token());
            received.Write(buffer.AsSpan(0, result.Count));
        }
        while (!result.EndOfMessage);
        return Encoding.UTF8.GetString(received.ToArray());
    }

    private static async Task<ClientWebSocket> ConnectAsync(TestApp app, WebSocketDeflateOptions? options)
    {
        _ = app.Services;
        var socket = new ClientWebSocket { Options = { DangerousDeflateOptions = options } };
        var address = new UriBuilder(app.ClientOptions.BaseAddress) { Scheme = "ws" }.Uri;
        await socket.ConnectAsync(address, Token());
        return socket;
    }

    private static CancellationToken Token() => new CancellationTokenSource(Waiting.Limit).Token;
}
