using System.Text;

namespace RawWebSocket.Integration.Tests.Compression;

/// <summary>Which messages are compressed, as their frames tell: RSV1 on the first, and on no other (RFC 7692 section 6).</summary>
public class CompressedFramesTests
{
    private static readonly byte[] Json = Encoding.UTF8.GetBytes(
        string.Concat(Enumerable.Range(0, 40).Select(i => $$"""{"id":{{i}},"symbol":"ABC","price":{{i * 17 % 101}}.25},""")));

    [Fact]
    public async Task A_message_that_must_not_be_compressed_goes_as_it_is_between_others_that_are()
    {
        await using var app = TestApp.With(
            async connection =>
            {
                await connection.SendAsync(WebSocketMessageType.Text, Json, MessageCompression.AsAgreed);
                await connection.SendAsync(WebSocketMessageType.Text, Json, MessageCompression.None);
                connection.Post(WebSocketMessageType.Text, Json, MessageCompression.None);
                connection.Post(WebSocketMessageType.Text, Json, MessageCompression.AsAgreed);
                (await connection.ReceiveAsync()).ShouldBeNull();
            },
            options => options.Compression.Mode = WebSocketCompressionMode.Dedicated);
        await using var socket = await ConnectAsync(app);
        (await IsCompressedAsync(socket)).ShouldBeTrue();
        (await socket.ExpectFrameAsync()).ShouldBe(TestFrame.Text(Json) with { Masked = false });
        (await socket.ExpectFrameAsync()).ShouldBe(TestFrame.Text(Json) with { Masked = false });
        (await IsCompressedAsync(socket)).ShouldBeTrue();
        await socket.CloseAsync();
    }

    [Fact]
    public async Task A_message_of_fewer_bytes_than_the_least_size_goes_as_it_is()
    {
        await using var app = TestApp.With(
            ScriptedHandler.Echo(),
            options =>
            {
                options.Compression.Mode = WebSocketCompressionMode.Shared;
                options.Compression.MinimumSize = 100;
            });
        await using var socket = await ConnectAsync(app);
        await socket.SendTextAsync(Json.AsSpan(0, 99));
        (await IsCompressedAsync(socket)).ShouldBeFalse();
        await socket.SendTextAsync(Json.AsSpan(0, 100));
        (await IsCompressedAsync(socket)).ShouldBeTrue();
        await socket.CloseAsync();
    }

    [Fact]
    public async Task Of_a_compressed_message_in_fragments_only_the_first_says_so()
    {
        await using var app = TestApp.With(
            async connection => await connection.SendAsync(WebSocketMessageType.Text, new MemoryStream(new byte[100_000])),
            options => options.Compression.Mode = WebSocketCompressionMode.Shared);
        await using var socket = await ConnectAsync(app);
        var first = await socket.ExpectFrameAsync();
        (first.Opcode, first.Rsv1, first.Fin).ShouldBe((FrameOpcode.Text, true, false));
        TestFrame next;
        do
        {
            next = await socket.ExpectFrameAsync();
            (next.Opcode, next.Rsv1).ShouldBe((FrameOpcode.Continuation, false));
        }
        while (!next.Fin);
    }

    [Fact]
    public async Task Adaptive_stops_with_what_does_not_shrink_and_goes_on_with_what_does()
    {
        await using var app = EchoingAdaptively(worthOfASecond: 0);
        await using var socket = await ConnectAsync(app);
        var random = new Random(7);
        var noise = new byte[1000];
        random.NextBytes(noise);

        // Eight of them alone, and at most eight in a context, are tried.
        (await CompressedAsync(socket, TestFrame.Binary(noise.AsSpan(0, 500)), 8)).ShouldBe(8);
        var more = 0;
        for (var i = 0; i < 20; i++)
        {
            random.NextBytes(noise);
            more += await CompressedAsync(socket, TestFrame.Binary(noise), 1);
        }

        more.ShouldBeLessThanOrEqualTo(8);
        await CompressedAsync(socket, TestFrame.Text(Json), 64);
        (await CompressedAsync(socket, TestFrame.Text(Json), 64)).ShouldBe(64);
        await socket.CloseAsync();
    }

    [Fact]
    public async Task Adaptive_stops_where_the_time_is_worth_more_than_the_bytes()
    {
        await using var app = EchoingAdaptively(worthOfASecond: int.MaxValue);
        await using var socket = await ConnectAsync(app);
        (await CompressedAsync(socket, TestFrame.Text(Json), 8)).ShouldBe(8);
        (await CompressedAsync(socket, TestFrame.Text(Json), 20)).ShouldBeLessThanOrEqualTo(8);
        await socket.CloseAsync();
    }

    private static TestApp EchoingAdaptively(int worthOfASecond) => TestApp.With(
        ScriptedHandler.Echo(),
        options =>
        {
            options.Compression.Mode = WebSocketCompressionMode.Adaptive;
            options.Compression.MinimumSavedBytesPerSecond = worthOfASecond;
        });

    private static async Task<TestWebSocket> ConnectAsync(TestApp app)
    {
        var socket = await app.ConnectAsync(configure: options => options.Headers.SecWebSocketExtensions = "permessage-deflate");
        socket.Extensions.ShouldNotBeNull().ShouldStartWith("permessage-deflate");
        return socket;
    }

    // How many of the echoes were compressed.
    private static async Task<int> CompressedAsync(TestWebSocket socket, TestFrame message, int count)
    {
        var compressed = 0;
        for (var i = 0; i < count; i++)
        {
            await socket.SendFrameAsync(message);
            compressed += await IsCompressedAsync(socket) ? 1 : 0;
        }

        return compressed;
    }

    private static async Task<bool> IsCompressedAsync(TestWebSocket socket)
    {
        var frame = await socket.ExpectFrameAsync();
        frame.Fin.ShouldBeTrue();
        return frame.Rsv1;
    }
}
