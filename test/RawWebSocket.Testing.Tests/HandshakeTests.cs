using System.Net;
using Microsoft.AspNetCore.Http;

namespace RawWebSocket.Testing.Tests;

public class HandshakeTests
{
    [Theory, OnEveryServer]
    public async Task A_connection_opens_and_carries_messages_both_ways(ServerKind kind)
    {
        await using var factory = new EndpointFactory(kind, RawPeer.EchoAsync);
        await using var socket = await factory.ConnectRawWebSocketAsync("/echo");
        await socket.SendTextAsync("hello");
        await socket.ExpectTextAsync("hello");
    }

    [Theory, OnEveryServer]
    public async Task The_server_sees_the_request_as_it_was_configured(ServerKind kind)
    {
        var seen = new TaskCompletionSource<string>();
        await using var factory = new EndpointFactory(kind, async context =>
        {
            var request = context.Request;
            seen.SetResult($"{request.Method} {request.Path.Value}{request.QueryString} {request.Protocol} {request.Headers.Origin} "
                + $"{request.Cookies["a"]}{request.Cookies["b"]} {request.Headers["X-Two"].Count} {request.Headers.SecWebSocketProtocol}");
            await RawPeer.AcceptAsync(context, headers => headers.SecWebSocketProtocol = "chat.v2");
        });

        await using var socket = await factory.ConnectRawWebSocketAsync("/a%20b?c=d", options =>
        {
            options.Origin = "https://example.com";
            options.Cookies["a"] = "1";
            options.Cookies["b"] = "2";
            options.Headers.Append("X-Two", "1");
            options.Headers.Append("X-Two", "2");
            options.Subprotocols.Add("chat.v1");
            options.Subprotocols.Add("chat.v2");
        });

        (await seen.Task).ShouldBe("GET /a b?c=d HTTP/1.1 https://example.com 12 2 chat.v1, chat.v2");
        socket.Subprotocol.ShouldBe("chat.v2");
        socket.ResponseHeaders.Upgrade.ToString().ShouldBe("websocket");
    }

    [Theory, OnEveryServer]
    public async Task A_request_holds_only_what_the_handshake_needs(ServerKind kind)
    {
        var seen = new TaskCompletionSource<string[]>();
        await using var factory = new EndpointFactory(kind, async context =>
        {
            seen.SetResult([.. context.Request.Headers.Keys.Order()]);
            await RawPeer.AcceptAsync(context);
        });
        await using var socket = await factory.ConnectRawWebSocketAsync("/");
        (await seen.Task).ShouldBe(["Connection", "Host", "Sec-WebSocket-Key", "Sec-WebSocket-Version", "Upgrade"]);
    }

    [Theory, OnEveryServer]
    public async Task A_header_that_is_taken_away_is_not_sent(ServerKind kind)
    {
        await using var factory = new EndpointFactory(kind, context =>
        {
            context.Response.StatusCode = context.Request.Headers.ContainsKey("Sec-WebSocket-Key") ? 101 : 400;
            return Task.CompletedTask;
        });
        var refusal = await factory.ExpectRawWebSocketRefusalAsync("/", options => options.Headers.Remove("Sec-WebSocket-Key"));
        refusal.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Theory, OnEveryServer]
    public async Task A_refusal_is_an_exception_that_shows_the_whole_answer(ServerKind kind)
    {
        await using var factory = new EndpointFactory(kind, context =>
        {
            context.Response.StatusCode = 403;
            context.Response.Headers["X-Why"] = "origin";
            return context.Response.WriteAsync("Not from there.");
        });

        var refused = await Should.ThrowAsync<HandshakeRefusedException>(() => factory.ConnectRawWebSocketAsync("/chat?x=1"));

        refused.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        refused.Headers["X-Why"].ToString().ShouldBe("origin");
        refused.Body.ShouldBe("Not from there.");
        refused.Message.ShouldStartWith("The server refused the opening handshake for /chat?x=1 with 403 Forbidden");
        refused.Message.ShouldContain("X-Why: origin");
        refused.Message.ShouldEndWith("Not from there.");
    }

    [Theory, OnEveryServer]
    public async Task A_refusals_body_with_a_length_is_read_whole(ServerKind kind)
    {
        var body = new string('x', 20_000);
        await using var factory = new EndpointFactory(kind, context =>
        {
            context.Response.StatusCode = 426;
            context.Response.ContentLength = body.Length;
            return context.Response.WriteAsync(body);
        });
        (await factory.ExpectRawWebSocketRefusalAsync("/")).Body.ShouldBe(body);
    }

    [Theory, OnEveryServer]
    public async Task A_refusal_without_a_body_is_not_waited_for(ServerKind kind)
    {
        await using var factory = new EndpointFactory(kind, context =>
        {
            context.Response.StatusCode = 204;
            return Task.CompletedTask;
        });
        var refusal = await factory.ExpectRawWebSocketRefusalAsync("/", options => options.Method = "POST");
        refusal.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        refusal.Body.ShouldBe("");
    }

    [Theory, OnEveryServer]
    public async Task Accepting_what_should_be_refused_fails_the_test(ServerKind kind)
    {
        await using var factory = new EndpointFactory(kind, RawPeer.EchoAsync);
        var failed = await Should.ThrowAsync<ExpectationFailedException>(() => factory.ExpectRawWebSocketRefusalAsync("/"));
        failed.Message.ShouldContain("it accepted with 101 Switching Protocols");
    }

    [Theory, OnEveryServer]
    public async Task No_answer_within_the_time_limit_fails_the_test(ServerKind kind)
    {
        await using var factory = new EndpointFactory(kind, context => Task.Delay(Timeout.Infinite, context.RequestAborted));
        var failed = await Should.ThrowAsync<ExpectationFailedException>(
            () => factory.ConnectRawWebSocketAsync("/", options => options.Timeout = TimeSpan.FromMilliseconds(50)));
        failed.Message.ShouldBe("The server did not answer the opening handshake for / within 0.05 s.");
    }

    [Theory, OnEveryServer]
    public async Task The_callers_token_gives_the_handshake_up(ServerKind kind)
    {
        using var givenUp = new CancellationTokenSource();
        await using var factory = new EndpointFactory(kind, async context =>
        {
            await givenUp.CancelAsync();
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
        });
        await Should.ThrowAsync<OperationCanceledException>(
            () => factory.ConnectRawWebSocketAsync("/", cancellationToken: givenUp.Token));
    }

    [Theory, OnEveryServer]
    public async Task The_callers_token_means_nothing_once_the_connection_is_open(ServerKind kind)
    {
        using var late = new CancellationTokenSource();
        await using var factory = new EndpointFactory(kind, RawPeer.EchoAsync);
        await using var socket = await factory.ConnectRawWebSocketAsync("/", cancellationToken: late.Token);
        await late.CancelAsync();
        await socket.ExpectSilenceAsync();
    }

    [Theory]
    [InlineData("Upgrade", "h2c", "Upgrade must be \"websocket\", but it is \"h2c\".")]
    [InlineData("Sec-WebSocket-Accept", "AAAA", "Sec-WebSocket-Accept must be")]
    [InlineData("Sec-WebSocket-Accept", "", "but there is none.")]
    [InlineData("Sec-WebSocket-Protocol", "b", "Sec-WebSocket-Protocol must be one of those offered, \"a\", but it is \"b\".")]
    [InlineData("Sec-WebSocket-Extensions", "permessage-deflate", "Sec-WebSocket-Extensions must be among those offered")]
    public async Task A_101_that_breaks_the_rfc_is_a_violation(string header, string value, string words)
    {
        await using var factory = new EndpointFactory(ServerKind.InMemory, async context =>
            await RawPeer.AcceptAsync(context, headers => headers[header] = value.Length == 0 ? default : new(value)));
        var violation = await Should.ThrowAsync<ServerViolationException>(
            () => factory.ConnectRawWebSocketAsync("/", options => options.Subprotocols.Add("a")));
        violation.Message.ShouldStartWith("The server broke RFC 6455 section 4.2.2");
        violation.Message.ShouldContain(words);
    }

    [Fact]
    public async Task In_memory_an_exception_before_the_answer_is_thrown_on()
    {
        await using var factory = new EndpointFactory(ServerKind.InMemory, _ => throw new InvalidTimeZoneException("broken"));
        (await Should.ThrowAsync<InvalidTimeZoneException>(() => factory.ConnectRawWebSocketAsync("/"))).Message.ShouldBe("broken");
    }

    [Theory, OnEveryServer]
    public async Task An_abort_before_the_answer_fails_the_test(ServerKind kind)
    {
        await using var factory = new EndpointFactory(kind, context =>
        {
            context.Abort();
            return Task.CompletedTask;
        });
        await Should.ThrowAsync<ExpectationFailedException>(() => factory.ConnectRawWebSocketAsync("/"));
    }

    [Fact]
    public async Task In_memory_the_remote_address_can_be_chosen()
    {
        var seen = new TaskCompletionSource<IPAddress?>();
        await using var factory = new EndpointFactory(ServerKind.InMemory, async context =>
        {
            seen.SetResult(context.Connection.RemoteIpAddress);
            await RawPeer.AcceptAsync(context);
        });
        var address = IPAddress.Parse("10.1.2.3");
        await using var socket = await factory.ConnectRawWebSocketAsync("/", options => options.RemoteIpAddress = address);
        (await seen.Task).ShouldBe(address);
    }
}
