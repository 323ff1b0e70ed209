namespace RawWebSocket.Browser.Tests;

/// <summary>
/// permessage-deflate between the sample and a real Chromium, which offers <c>permessage-deflate; client_max_window_bits</c>.
/// </summary>
public class CompressionTests(Chromium chromium) : IClassFixture<Chromium>
{
    private const string Agreed = """
        async path => {
          const socket = new WebSocket(new URL(path, location.href).href.replace('http', 'ws'));
          await new Promise((opened, failed) => { socket.onopen = opened; socket.onerror = failed; });
          return socket.extensions;
        }
        """;

    private const string EchoAll = """
        async path => {
          const socket = new WebSocket(new URL(path, location.href).href.replace('http', 'ws'));
          await new Promise((opened, failed) => { socket.onopen = opened; socket.onerror = failed; });
          const messages = [
            '', 'a', 'ä🙂'.repeat(5000), ...Array.from({ length: 50 }, (_, i) => JSON.stringify({ i, text: 'much the same' })),
          ];
          const wrong = [];
          for (const message of messages) {
            const echo = new Promise(received => { socket.onmessage = event => received(event.data); });
            socket.send(message);
            if (await echo !== message) wrong.push(message);
          }
          return wrong.length;
        }
        """;

    [BrowserFact]
    public async Task Chromium_and_each_endpoint_agree_on_what_its_mode_says()
    {
        await using var server = SampleServer.Start();
        await using var context = await chromium.Browser.NewContextAsync();
        var page = (await ChatPage.OpenAsync(context, server.Address)).Page;
        (await page.EvaluateAsync<string>(Agreed, "chat")).ShouldBe("permessage-deflate; client_no_context_takeover");
        (await page.EvaluateAsync<string>(Agreed, "echo")).ShouldBe("permessage-deflate");
        (await page.EvaluateAsync<string>(Agreed, "echo-shared"))
            .ShouldBe("permessage-deflate; server_no_context_takeover; client_no_context_takeover");
        (await page.EvaluateAsync<string>(Agreed, "time")).ShouldBeEmpty();
    }

    [BrowserFact]
    public async Task Compressed_messages_come_back_as_they_were()
    {
        await using var server = SampleServer.Start();
        await using var context = await chromium.Browser.NewContextAsync();
        var page = (await ChatPage.OpenAsync(context, server.Address)).Page;
        (await page.EvaluateAsync<int>(EchoAll, "echo")).ShouldBe(0);
        (await page.EvaluateAsync<int>(EchoAll, "echo-shared")).ShouldBe(0);
    }
}
