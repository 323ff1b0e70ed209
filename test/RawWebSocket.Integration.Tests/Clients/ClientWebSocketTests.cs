using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace RawWebSocket.Integration.Tests.Clients;

/// <summary>.NET's own client, which knows nothing of this server.</summary>
public class ClientWebSocketTests
{
    public static TheoryData<ServerKind> Servers => [ServerKind.Kestrel, ServerKind.KestrelWithTls];

    [Theory, MemberData(nameof(Servers))]
    public async Task Text_and_binary_are_echoed(ServerKind kind)
    {
        await using var app = TestApp.With(ScriptedHandler.Echo(), kind: kind);
        using var client = await ConnectAsync(app);
        await SendAsync(client, "hello ä 😀"u8.ToArray(), WebSocketMessageType.Text);
        Encoding.UTF8.GetString(await ReceiveAsync(client, WebSocketMessageType.Text)).ShouldBe("hello ä 😀");
        await SendAsync(client, [], WebSocketMessageType.Text);
        (await ReceiveAsync(client, WebSocketMessageType.Text)).ShouldBeEmpty();
        await SendAsync(client, Bytes.Counting(1000), WebSocketMessageType.Binary);
        (await ReceiveAsync(client, WebSocketMessageType.Binary)).ShouldBe(Bytes.Counting(1000));
    }

    [Theory, MemberData(nameof(Servers))]
    public async Task A_message_of_exactly_one_mebibyte_is_echoed_and_one_byte_more_is_too_big(ServerKind kind)
    {
        await using var app = TestApp.With(ScriptedHandler.Echo(), kind: kind);
        using var client = await ConnectAsync(app);
        var largest = Bytes.Counting(1024 * 1024);
        await SendAsync(client, largest, WebSocketMessageType.Binary);
        (await ReceiveAsync(client, WebSocketMessageType.Binary)).AsSpan().SequenceEqual(largest).ShouldBeTrue();

        var sending = SendAsync(client, new byte[largest.Length + 1], WebSocketMessageType.Binary);
        (await client.ReceiveAsync(new byte[10], Token())).CloseStatus.ShouldBe(WebSocketCloseStatus.MessageTooBig);
        try
        {
            await sending;
        }
        catch (WebSocketException)
        {
            // The server has closed before it had all, as it may.
        }
    }

    [Theory, MemberData(nameof(Servers))]
    public async Task A_message_in_many_fragments_is_echoed_whole(ServerKind kind)
    {
        await using var app = TestApp.With(ScriptedHandler.Echo(), kind: kind);
        using var client = await ConnectAsync(app);
        var content = Bytes.Counting(50_000);
        for (var sent = 0; sent < content.Length; sent += 1000)
        {
            await client.SendAsync(content.AsMemory(sent, 1000), WebSocketMessageType.Binary, sent + 1000 == content.Length, Token());
        }

        (await ReceiveAsync(client, WebSocketMessageType.Binary)).ShouldBe(content);
    }

    [Theory, MemberData(nameof(Servers))]
    public async Task A_message_that_the_server_sends_in_fragments_arrives_whole(ServerKind kind)
    {
        var content = Bytes.Counting(300_000);
        await using var app = TestApp.With(
            connection => connection.SendAsync(WebSocketMessageType.Binary, new MemoryStream(content)).AsTask(),
            options => options.SendFragmentSize = 1234,
            kind: kind);
        using var client = await ConnectAsync(app);
        (await ReceiveAsync(client, WebSocketMessageType.Binary)).AsSpan().SequenceEqual(content).ShouldBeTrue();
    }

    [Theory, MemberData(nameof(Servers))]
    public async Task The_client_closes(ServerKind kind)
    {
        var handler = ScriptedHandler.Echo();
        await using var app = TestApp.With(handler, kind: kind);
        using var client = await ConnectAsync(app);
        await client.CloseAsync((WebSocketCloseStatus)4000, "good bye", Token());
        client.State.ShouldBe(WebSocketState.Closed);
        client.CloseStatus.ShouldBe((WebSocketCloseStatus)4000);
        (await handler.Closed).ShouldBe((WebSocketCloseStatus)4000, "good bye", ClosedBy.Peer);
    }

    [Theory, MemberData(nameof(Servers))]
    public async Task The_server_closes(ServerKind kind)
    {
        var handler = ScriptedHandler.Echo();
        await using var app = TestApp.With(handler, kind: kind);
        using var client = await ConnectAsync(app);
        var closing = (await handler.Opened).CloseAsync((WebSocketCloseStatus)4001, "enough");
        var received = await client.ReceiveAsync(new byte[10], Token());
        (received.CloseStatus, received.CloseStatusDescription).ShouldBe(((WebSocketCloseStatus)4001, "enough"));
        await client.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, Token());
        (await closing.Within()).ShouldBe((WebSocketCloseStatus)4001, "enough", ClosedBy.Server);
    }

    [Theory, MemberData(nameof(Servers))]
    public async Task The_client_is_given_its_subprotocol_and_may_ask_for_compression(ServerKind kind)
    {
        await using var app = TestApp.With(ScriptedHandler.Echo(), options => options.Subprotocols.Add("v2"), kind: kind);
        using var client = await ConnectAsync(app, options =>
        {
            options.AddSubProtocol("v1");
            options.AddSubProtocol("v2");
            options.DangerousDeflateOptions = new WebSocketDeflateOptions();
        });
        client.SubProtocol.ShouldBe("v2");
        await SendAsync(client, "compressed or not"u8.ToArray(), WebSocketMessageType.Text);
        (await ReceiveAsync(client, WebSocketMessageType.Text)).ShouldBe("compressed or not"u8.ToArray());
    }

    [Theory, MemberData(nameof(Servers))]
    public async Task The_clients_own_keep_alive_is_answered(ServerKind kind)
    {
        await using var app = TestApp.With(ScriptedHandler.Echo(), kind: kind);
        using var metrics = new RecordedMetrics(app);
        using var client = await ConnectAsync(app, options =>
        {
            options.KeepAliveInterval = TimeSpan.FromMilliseconds(20);
            options.KeepAliveTimeout = Waiting.Limit;
        });
        var receiving = ReceiveAsync(client, WebSocketMessageType.Text);
        await metrics.Values.UntilAsync(values => values.Count(value => value.Has("rawwebsocket.direction=sent")) >= 3);
        client.State.ShouldBe(WebSocketState.Open);
        await SendAsync(client, "still open"u8.ToArray(), WebSocketMessageType.Text);
        (await receiving).ShouldBe("still open"u8.ToArray());
    }

    [SuppressMessage("Security", "CA5359", Justification = "The server's certificate was made for this test.")]
    private static async Task<ClientWebSocket> ConnectAsync(TestApp app, Action<ClientWebSocketOptions>? configure = null)
    {
        _ = app.Services;
        var client = new ClientWebSocket();
        client.Options.RemoteCertificateValidationCallback = static (_, _, _, _) => true;
        configure?.Invoke(client.Options);
        var address = new UriBuilder(app.ClientOptions.BaseAddress);
        address.Scheme = address.Scheme == "https" ? "wss" : "ws";
        await client.ConnectAsync(address.Uri, Token());
        return client;
    }

    private static Task SendAsync(ClientWebSocket client, byte[] content, WebSocketMessageType type) =>
        client.SendAsync(content, type, endOfMessage: true, Token());

    private static async Task<byte[]> ReceiveAsync(ClientWebSocket client, WebSocketMessageType type)
    {
        var content = new MemoryStream();
        var buffer = new byte[16 * 1024];
        WebSocketReceiveResult received;
        do
        {
            received = await client.ReceiveAsync(buffer, Token());
            received.MessageType.ShouldBe(type);
            content.Write(buffer, 0, received.Count);
        }
        while (!received.EndOfMessage);
        return content.ToArray();
    }

    private static CancellationToken Token() => new CancellationTokenSource(Waiting.Limit).Token;
}
