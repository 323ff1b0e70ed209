using RawWebSocket.Tests.Shared;

namespace RawWebSocket.Interop.Tests;

/// <summary>Node's ws against the sample's echoes, with every kind of offer that it can make.</summary>
public sealed class NodeWsTests : IDisposable
{
    private readonly SampleOnKestrel _sample = new(port: 0);

    public void Dispose() => _sample.Dispose();

    [NodeTheory]
    [InlineData("/echo", "{}", "permessage-deflate")]
    [InlineData("/echo", """{"serverNoContextTakeover":true}""", "permessage-deflate; server_no_context_takeover")]
    [InlineData("/echo", """{"clientNoContextTakeover":true}""", "permessage-deflate; client_no_context_takeover")]
    [InlineData("/echo", """{"serverMaxWindowBits":9}""", "permessage-deflate; server_max_window_bits=9")]
    [InlineData("/echo", """{"serverMaxWindowBits":15}""", "permessage-deflate; server_max_window_bits=15")]
    [InlineData("/echo", """{"clientMaxWindowBits":10}""", "permessage-deflate; client_max_window_bits=10")]
    [InlineData("/echo", """{"clientMaxWindowBits":true}""", "permessage-deflate")]
    [InlineData(
        "/echo",
        """{"serverNoContextTakeover":true,"clientNoContextTakeover":true,"serverMaxWindowBits":11,"clientMaxWindowBits":12}""",
        "permessage-deflate; server_no_context_takeover; client_no_context_takeover; server_max_window_bits=11; client_max_window_bits=12")]
    [InlineData("/echo-shared", "{}", "permessage-deflate; server_no_context_takeover; client_no_context_takeover")]
    [InlineData(
        "/echo-shared",
        """{"serverMaxWindowBits":12}""",
        "permessage-deflate; server_no_context_takeover; client_no_context_takeover; server_max_window_bits=12")]
    public async Task Messages_are_compressed_both_ways_as_agreed(string path, string offer, string agreed)
    {
        var outcome = await NodeClient.EchoAsync(AddressOf(path), offer);
        outcome.Code.ShouldBe(1000);
        outcome.Extensions.ShouldBe(agreed);
        outcome.Messages.ShouldBeGreaterThan(60);
        outcome.Sent.ShouldBeLessThan(outcome.Payload / 3);
        outcome.Received.ShouldBeLessThan(outcome.Payload / 3);
    }

    [NodeTheory]
    [InlineData("/echo")]
    [InlineData("/echo-shared")]
    public async Task Nothing_is_compressed_for_whom_does_not_offer_it(string path)
    {
        var outcome = await NodeClient.EchoAsync(AddressOf(path), "false");
        outcome.Extensions.ShouldBeEmpty();
        outcome.Received.ShouldBeGreaterThan(outcome.Payload);
    }

    private Uri AddressOf(string path) => new UriBuilder(_sample.Address) { Scheme = "ws", Path = path }.Uri;
}
