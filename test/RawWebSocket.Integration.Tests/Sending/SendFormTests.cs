using System.Buffers;
using System.Text;
using System.Text.Json;

namespace RawWebSocket.Integration.Tests.Sending;

public class SendFormTests
{
    private const string Text = "plain, ümlaut, 漢字, 😀";

    [Theory, InMemoryAndOverKestrel]
    public async Task Text_is_sent_from_a_string_from_utf8_and_from_a_sequence(ServerKind kind)
    {
        var utf8 = Encoding.UTF8.GetBytes(Text);
        await using var app = TestApp.With(
            async connection =>
            {
                (await connection.SendTextAsync(Text)).ShouldBe(SendResult.Sent);
                (await connection.SendTextAsync(utf8)).ShouldBe(SendResult.Sent);
                (await connection.SendTextAsync(Bytes.InSegments(utf8, 1))).ShouldBe(SendResult.Sent);
                (await connection.SendTextAsync("")).ShouldBe(SendResult.Sent);
            },
            kind: kind);
        await using var socket = await app.ConnectAsync();
        for (var i = 0; i < 3; i++)
        {
            await socket.ExpectFrameAsync(TestFrame.Text(Text));
        }

        await socket.ExpectFrameAsync(TestFrame.Text(""));
        await socket.ExpectCloseAsync(WebSocketCloseStatus.NormalClosure);
    }

    [Theory, InMemoryAndOverKestrel]
    public async Task Binary_is_sent_from_memory_and_from_a_sequence(ServerKind kind)
    {
        var bytes = Bytes.Counting(100_000);
        await using var app = TestApp.With(
            async connection =>
            {
                (await connection.SendBinaryAsync(bytes)).ShouldBe(SendResult.Sent);
                (await connection.SendBinaryAsync(Bytes.InSegments(bytes, 999))).ShouldBe(SendResult.Sent);
                (await connection.SendBinaryAsync(ReadOnlyMemory<byte>.Empty)).ShouldBe(SendResult.Sent);
            },
            kind: kind);
        await using var socket = await app.ConnectAsync();
        await socket.ExpectFrameAsync(TestFrame.Binary(bytes));
        await socket.ExpectFrameAsync(TestFrame.Binary(bytes));
        await socket.ExpectFrameAsync(TestFrame.Binary([]));
    }

    [Theory]
    [InlineData(125)]
    [InlineData(126)]
    [InlineData(65_535)]
    [InlineData(65_536)]
    [InlineData(65_537)]
    [InlineData(1_000_000)]
    public async Task A_message_of_any_length_is_one_frame(int length)
    {
        var bytes = Bytes.Counting(length);
        await using var app = TestApp.With(async connection =>
        {
            await connection.SendBinaryAsync(bytes);
            await connection.SendTextAsync(new string('x', length));
        });
        await using var socket = await app.ConnectAsync();
        await socket.ExpectFrameAsync(TestFrame.Binary(bytes));
        await socket.ExpectFrameAsync(TestFrame.Text(new string('x', length)));
    }

    [Fact]
    public async Task A_received_message_is_sent_on_with_its_type()
    {
        await using var app = TestApp.With(ScriptedHandler.Echo());
        await using var socket = await app.ConnectAsync();
        await socket.SendFragmentsAsync(WebSocketMessageType.Binary, [1], [2], [3]);
        await socket.ExpectFrameAsync(TestFrame.Binary([1, 2, 3]));
        await socket.SendTextAsync("text");
        await socket.ExpectFrameAsync(TestFrame.Text("text"));
    }

    [Fact]
    public async Task Json_is_sent_by_reflection_and_with_generated_metadata()
    {
        var point = new JsonPoint(1, "ä");
        await using var app = TestApp.With(async connection =>
        {
            await connection.SendJsonAsync(point);
            await connection.SendJsonAsync(point, new JsonSerializerOptions { PropertyNamingPolicy = JsonNamingPolicy.KebabCaseUpper });
            await connection.SendJsonAsync(point, GeneratedJson.Default.JsonPoint);
        });
        await using var socket = await app.ConnectAsync();
        (await socket.ExpectJsonAsync<JsonPoint>()).ShouldBe(point);
        (await socket.ExpectTextAsync()).ShouldStartWith("{\"LEFT\":1,\"NAME\":");
        (await socket.ExpectTextAsync()).ShouldBe("{\"LEFT\":1,\"NAME\":\"\\u00E4\"}");
    }

    [Fact]
    public async Task What_is_not_text_is_refused_and_the_connection_is_as_it_was()
    {
        var handler = new ScriptedHandler();
        await using var app = TestApp.With(handler);
        await using var socket = await app.ConnectAsync();
        var connection = await handler.Opened;
        byte[] broken = [(byte)'a', 0xE4];

        await Should.ThrowAsync<ArgumentException>(async () => await connection.SendTextAsync("half \uD83D"));
        await Should.ThrowAsync<ArgumentException>(async () => await connection.SendTextAsync(new string('x', 5000) + "\uDE00"));
        await Should.ThrowAsync<ArgumentException>(async () => await connection.SendTextAsync(broken));
        await Should.ThrowAsync<ArgumentException>(async () => await connection.SendTextAsync(Bytes.InSegments(broken, 1)));
        await Should.ThrowAsync<ArgumentNullException>(async () => await connection.SendTextAsync((string)null!));

        (await connection.SendTextAsync("fine")).ShouldBe(SendResult.Sent);
        await socket.ExpectTextAsync("fine");
    }

    [Theory, InMemoryAndOverKestrel]
    public async Task After_the_close_every_send_says_closed_and_none_throws(ServerKind kind)
    {
        var handler = new ScriptedHandler();
        await using var app = TestApp.With(handler, kind: kind);
        await using var socket = await app.ConnectAsync();
        await socket.CloseAsync();
        await handler.Closed;
        var connection = await handler.Opened;

        (await connection.SendTextAsync("x")).ShouldBe(SendResult.Closed);
        (await connection.SendTextAsync("x"u8.ToArray())).ShouldBe(SendResult.Closed);
        (await connection.SendTextAsync(new ReadOnlySequence<byte>("x"u8.ToArray()))).ShouldBe(SendResult.Closed);
        (await connection.SendBinaryAsync(new byte[100_000])).ShouldBe(SendResult.Closed);
        (await connection.SendBinaryAsync(Bytes.InSegments(new byte[10], 3))).ShouldBe(SendResult.Closed);
        (await connection.SendAsync(new WebSocketMessage(WebSocketMessageType.Text, default))).ShouldBe(SendResult.Closed);
        (await connection.SendJsonAsync(new JsonPoint(1, ""))).ShouldBe(SendResult.Closed);
        (await connection.SendAsync(WebSocketMessageType.Binary, new MemoryStream(new byte[10]))).ShouldBe(SendResult.Closed);
        (await connection.PingAsync()).ShouldBeNull();
        connection.SendPong([]);
    }

    [Fact]
    public async Task Nothing_is_sent_once_the_own_close_has_begun()
    {
        var handler = new ScriptedHandler();
        await using var app = TestApp.With(handler);
        await using var socket = await app.ConnectAsync();
        var connection = await handler.Opened;
        (await connection.SendTextAsync("before")).ShouldBe(SendResult.Sent);
        var closing = connection.CloseAsync();
        (await connection.SendTextAsync("after")).ShouldBe(SendResult.Closed);
        await socket.ExpectTextAsync("before");
        await socket.ExpectCloseAsync(WebSocketCloseStatus.NormalClosure);
        await closing.Within();
    }
}
