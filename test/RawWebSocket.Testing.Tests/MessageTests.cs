using System.Net.WebSockets;

namespace RawWebSocket.Testing.Tests;

public class MessageTests
{
    [Theory, OnEveryServer]
    public async Task Text_binary_and_json_come_back_from_an_echo(ServerKind kind)
    {
        await using var factory = new EndpointFactory(kind, RawPeer.EchoAsync);
        await using var socket = await factory.ConnectRawWebSocketAsync("/");

        await socket.SendTextAsync("grüß dich 🌍");
        await socket.ExpectTextAsync("grüß dich 🌍");
        await socket.SendTextAsync("utf8"u8);
        (await socket.ExpectTextAsync()).ShouldBe("utf8");
        await socket.SendBinaryAsync([0, 1, 2, 255]);
        await socket.ExpectBinaryAsync([0, 1, 2, 255]);
        await socket.SendBinaryAsync(new byte[40_000]);
        (await socket.ExpectBinaryAsync()).Length.ShouldBe(40_000);
        await socket.SendJsonAsync(new Person("Ada"));
        (await socket.ExpectJsonAsync<Person>()).ShouldBe(new Person("Ada"));
    }

    [Theory, OnEveryServer]
    public async Task A_message_in_fragments_is_put_together(ServerKind kind)
    {
        await using var factory = new EndpointFactory(kind, RawPeer.EchoAsync);
        await using var socket = await factory.ConnectRawWebSocketAsync("/");
        await socket.SendFragmentsAsync("one ", "", "two");
        var message = await socket.ExpectMessageAsync();
        message.Text.ShouldBe("one two");
        message.Fragments.ShouldBe(3);
    }

    [Theory, OnEveryServer]
    public async Task A_binary_message_in_fragments_may_have_a_control_frame_between_them(ServerKind kind)
    {
        await using var factory = new EndpointFactory(kind, RawPeer.EchoAsync);
        await using var socket = await factory.ConnectRawWebSocketAsync("/");
        await socket.SendFramesAsync(
            TestFrame.Binary([1]) with { Fin = false }, TestFrame.Ping("p"u8), TestFrame.Continuation([2]));
        await socket.ExpectFrameAsync(TestFrame.Binary([1]) with { Fin = false });
        await socket.ExpectPongAsync("p"u8);
        await socket.ExpectBinaryAsync([1, 2]);
    }

    [Theory, OnEveryServer]
    public async Task A_frame_sent_byte_by_byte_arrives_whole(ServerKind kind)
    {
        await using var factory = new EndpointFactory(kind, RawPeer.EchoAsync);
        await using var socket = await factory.ConnectRawWebSocketAsync("/");
        await socket.SendByteByByteAsync(TestFrame.Text("slowly"));
        await socket.ExpectTextAsync("slowly");
        await socket.SendByteByByteAsync(TestFrame.Text("again").ToBytes());
        await socket.ExpectTextAsync("again");
        await socket.SendRawAsync(TestFrame.Text("raw").ToBytes());
        await socket.ExpectTextAsync("raw");
    }

    [Theory, OnEveryServer]
    public async Task Pings_are_answered_while_a_message_is_expected(ServerKind kind)
    {
        await using var factory = new EndpointFactory(kind, async context =>
        {
            var peer = await RawPeer.AcceptAsync(context);
            await peer.WriteAsync(0x89, [7]);
            if (await peer.ReadAsync() is var (first, payload))
            {
                await peer.WriteTextAsync($"{first:X} {payload[0]}");
            }
        });
        await using var socket = await factory.ConnectRawWebSocketAsync("/");
        await socket.ExpectTextAsync("8A 7");
    }

    [Theory, OnEveryServer]
    public async Task Pings_are_not_answered_when_a_frame_is_expected_or_auto_pong_is_off(ServerKind kind)
    {
        await using var factory = new EndpointFactory(kind, async context =>
        {
            var peer = await RawPeer.AcceptAsync(context);
            await peer.WriteAsync(0x89, []);
            await peer.WriteAsync(0x89, []);
            await peer.WriteTextAsync("go on");
            await peer.WriteTextAsync(await peer.ReadAsync() is (0x81, _) ? "no pong" : "pong");
        });
        await using var socket = await factory.ConnectRawWebSocketAsync("/", options => options.AutoPong = false);
        await socket.ExpectFrameAsync(TestFrame.Ping());
        await socket.ExpectTextAsync("go on");
        await socket.SendTextAsync("");
        await socket.ExpectTextAsync("no pong");
    }

    [Theory, OnEveryServer]
    public async Task An_expected_ping_is_answered_too(ServerKind kind)
    {
        await using var factory = new EndpointFactory(kind, async context =>
        {
            var peer = await RawPeer.AcceptAsync(context);
            await peer.WriteAsync(0x89, [1, 2]);
            await peer.WriteTextAsync(await peer.ReadAsync() is (0x8A, [1, 2]) ? "pong" : "no pong");
        });
        await using var socket = await factory.ConnectRawWebSocketAsync("/");
        (await socket.ExpectPingAsync()).ShouldBe([1, 2]);
        await socket.ExpectTextAsync("pong");
    }

    [Theory, OnEveryServer]
    public async Task Silence_is_proved_with_a_ping(ServerKind kind)
    {
        await using var factory = new EndpointFactory(kind, RawPeer.EchoAsync);
        await using var socket = await factory.ConnectRawWebSocketAsync("/");
        await socket.ExpectSilenceAsync();
        await socket.SendTextAsync("noise");
        var failed = await Should.ThrowAsync<ExpectationFailedException>(socket.ExpectSilenceAsync);
        failed.Message.ShouldContain("but met text, 5 bytes: \"noise\"");
    }

    [Theory, OnEveryServer]
    public async Task Silence_until_a_task_completes(ServerKind kind)
    {
        var goOn = new TaskCompletionSource();
        await using var factory = new EndpointFactory(kind, async context =>
        {
            var peer = await RawPeer.AcceptAsync(context);
            await goOn.Task;
            await peer.WriteTextAsync("first");
            await peer.WriteTextAsync("second");
            await peer.ReadAsync();
        });
        await using var socket = await factory.ConnectRawWebSocketAsync("/");

        await socket.ExpectSilenceUntilAsync(Task.CompletedTask);
        var fails = Task.FromException(new InvalidTimeZoneException());
        await Should.ThrowAsync<InvalidTimeZoneException>(() => socket.ExpectSilenceUntilAsync(fails));
        goOn.SetResult();

        await socket.ExpectTextAsync("first");
        var never = new TaskCompletionSource().Task;
        var failed = await Should.ThrowAsync<ExpectationFailedException>(() => socket.ExpectSilenceUntilAsync(never));
        failed.Message.ShouldStartWith("Expected nothing until the task completes, but met a text message, 6 bytes: \"second\".");
    }

    [Theory, OnEveryServer]
    public async Task The_closing_handshake_runs_to_the_end_of_the_transport(ServerKind kind)
    {
        await using var factory = new EndpointFactory(kind, RawPeer.EchoAsync);
        await using var socket = await factory.ConnectRawWebSocketAsync("/");
        await socket.SendTextAsync("still under way");
        (await socket.CloseAsync(WebSocketCloseStatus.EndpointUnavailable, "bye"))
            .ShouldBe(new TestClose(WebSocketCloseStatus.EndpointUnavailable, "bye"));
    }

    [Theory, OnEveryServer]
    public async Task A_close_from_the_server_is_answered(ServerKind kind)
    {
        var answer = new TaskCompletionSource<byte[]?>();
        await using var factory = new EndpointFactory(kind, async context =>
        {
            var peer = await RawPeer.AcceptAsync(context);
            await peer.WriteAsync(0x88, [0x0F, 0xA0, (byte)'x']);
            answer.SetResult((await peer.ReadAsync())?.Payload);
        });
        await using var socket = await factory.ConnectRawWebSocketAsync("/");
        await socket.ExpectCloseAsync(4000, "x");
        (await answer.Task).ShouldBe([0x0F, 0xA0]);
        (await socket.ExpectEndAsync()).ShouldBe(TransportEnd.Finished);
    }

    [Theory, OnEveryServer]
    public async Task A_close_without_a_code_is_1005(ServerKind kind)
    {
        await using var factory = new EndpointFactory(kind, RawPeer.EchoAsync);
        await using var socket = await factory.ConnectRawWebSocketAsync("/");
        await socket.SendCloseAsync();
        (await socket.ExpectCloseAsync()).ShouldBe(new TestClose(WebSocketCloseStatus.Empty, ""));
    }

    private sealed record Person(string Name);
}
