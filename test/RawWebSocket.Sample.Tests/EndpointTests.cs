using System.Globalization;
using System.Net;
using System.Net.WebSockets;

namespace RawWebSocket.Sample.Tests;

/// <summary>The sample's small endpoints, in memory, as a user tests his own.</summary>
public class EndpointTests(WebApplicationFactory<Program> factory) : IClassFixture<WebApplicationFactory<Program>>
{
    [Fact]
    public async Task Echo_sends_text_back_as_text_and_binary_as_binary()
    {
        await using var socket = await factory.ConnectRawWebSocketAsync("/echo");
        await socket.SendTextAsync("grüß dich");
        await socket.SendBinaryAsync([1, 2, 3]);
        await socket.ExpectTextAsync("grüß dich");
        await socket.ExpectBinaryAsync([1, 2, 3]);
        (await socket.CloseAsync()).Code.ShouldBe(WebSocketCloseStatus.NormalClosure);
    }

    [Fact]
    public async Task Echo_takes_a_message_of_16_MiB_and_1_KiB_and_no_byte_more()
    {
        const int Longest = (16 * 1024 * 1024) + 1024;
        await using var socket = await factory.ConnectRawWebSocketAsync("/echo");
        socket.Timeout = TimeSpan.FromSeconds(30);

        var sending = socket.SendBinaryAsync(new byte[Longest]);
        (await socket.ExpectBinaryAsync()).Length.ShouldBe(Longest);
        await sending;

        await socket.SendFrameAsync(TestFrame.Binary([]) with { DeclaredLength = Longest + 1 });
        await socket.ExpectCloseAsync(WebSocketCloseStatus.MessageTooBig);
    }

    [Theory]
    [InlineData("evil.example")]
    [InlineData("evil.example:5080")]
    public async Task A_host_that_is_not_this_machine_is_refused_although_its_page_seems_to_be_the_samples_own(string host)
    {
        var refusal = await factory.ExpectRawWebSocketRefusalAsync("/echo", options =>
        {
            options.Headers.Host = host;
            options.Origin = $"http://{host}";
        });
        refusal.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        foreach (var own in new[] { "localhost:5080", "127.0.0.1:5080", "[::1]:5080" })
        {
            await using var socket = await factory.ConnectRawWebSocketAsync("/echo", options =>
            {
                options.Headers.Host = own;
                options.Origin = $"http://{own}";
            });
            await socket.CloseAsync();
        }
    }

    [Theory]
    [InlineData("/close", 1000, "")]
    [InlineData("/close?code=4321&reason=see%20you", 4321, "see you")]
    [InlineData("/close?code=1001", 1001, "")]
    public async Task Close_closes_as_the_query_asks(string path, int code, string reason)
    {
        await using var socket = await factory.ConnectRawWebSocketAsync(path);
        await socket.ExpectCloseAsync(code, reason);
    }

    [Theory]
    [InlineData("/close?code=1005")]
    [InlineData("/close?code=ninety")]
    [InlineData("/close?code=99999999999")]
    public async Task Close_says_what_it_cannot_do_and_closes_with_1000(string path)
    {
        await using var socket = await factory.ConnectRawWebSocketAsync(path);
        (await socket.ExpectTextAsync()).ShouldStartWith("Cannot close like that");
        await socket.ExpectCloseAsync(WebSocketCloseStatus.NormalClosure);
    }

    [Fact]
    public async Task Time_pushes_the_time_at_once_and_again_until_the_client_leaves()
    {
        await using var socket = await factory.ConnectRawWebSocketAsync("/time");
        var first = DateTimeOffset.Parse(await socket.ExpectTextAsync(), CultureInfo.InvariantCulture);
        var second = DateTimeOffset.Parse(await socket.ExpectTextAsync(), CultureInfo.InvariantCulture);
        second.ShouldBeGreaterThan(first);
        (await socket.CloseAsync()).Code.ShouldBe(WebSocketCloseStatus.NormalClosure);
    }

    [Fact]
    public async Task The_page_is_served_and_may_load_nothing_from_elsewhere()
    {
        using var client = factory.CreateClient();
        using var response = await client.GetAsync(new Uri("/", UriKind.Relative));
        response.EnsureSuccessStatusCode();
        (await response.Content.ReadAsStringAsync()).ShouldContain("<title>RawWebSocket chat</title>");
        response.Headers.GetValues("Content-Security-Policy").ShouldHaveSingleItem().ShouldStartWith("default-src 'none'");
    }
}
