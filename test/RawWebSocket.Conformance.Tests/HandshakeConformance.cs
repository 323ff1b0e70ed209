using System.Text;

namespace RawWebSocket.Conformance.Tests;

/// <summary>What tests of the opening handshake need: requests written by hand to Kestrel, over plain TCP.</summary>
public abstract class HandshakeConformance(KestrelServer server) : IClassFixture<KestrelServer>
{
    /// <summary>The key of the example in section 1.3.</summary>
    protected const string Key = "dGhlIHNhbXBsZSBub25jZQ==";

    /// <summary>What section 1.3 says has to come of it.</summary>
    protected const string Accept = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

    private static readonly string[] Smallest =
        ["Host: server.example", "Upgrade: websocket", "Connection: Upgrade", $"Sec-WebSocket-Key: {Key}", "Sec-WebSocket-Version: 13"];

    /// <summary>The smallest legal request with these lines: instead of those of the same name, or besides the others.</summary>
    protected static string[] With(params string[] lines) =>
        [.. Smallest.Where(line => !lines.Any(other => NameOf(other) == NameOf(line))), .. lines];

    protected static string[] Without(string name) => [.. Smallest.Where(line => NameOf(line) != name)];

    protected static byte[] Request(string[] lines, string requestLine = $"GET {Endpoints.Choosy} HTTP/1.1") =>
        Encoding.UTF8.GetBytes(string.Concat([requestLine, "\r\n", .. lines.Select(line => line + "\r\n"), "\r\n"]));

    internal Task<RawClient> ConnectAsync() => RawClient.ConnectAsync(server.ClientOptions.BaseAddress);

    internal async Task<ResponseHead> AnswerToAsync(byte[] request)
    {
        using var client = await ConnectAsync();
        await client.SendAsync(request);
        return await client.ReadHeadAsync();
    }

    /// <summary>A connection that is open and has carried nothing yet.</summary>
    internal async Task<RawClient> OpenAsync(string path)
    {
        var client = await ConnectAsync();
        await client.SendAsync(Request(With(), $"GET {path} HTTP/1.1"));
        (await client.ReadHeadAsync()).StatusCode.ShouldBe(101);
        return client;
    }

    /// <summary>The server answers 101, and the connection that has opened carries frames.</summary>
    internal async Task<ResponseHead> OpensAsync(byte[] request)
    {
        using var client = await ConnectAsync();
        await client.SendAsync(request);
        var head = await client.ReadHeadAsync();
        head.StatusCode.ShouldBe(101, head.StatusLine);
        await client.SendAsync(Wire.Text("Hello"));
        (await client.ReadAsync(7)).ShouldBe([0x81, 0x05, .. "Hello"u8]);
        return head;
    }

    /// <summary>Section 4.2.1: a request not as it has to be gets "an appropriate HTTP error code (such as 400 Bad Request)".</summary>
    internal async Task<ResponseHead> RefusesAsync(byte[] request)
    {
        var head = await AnswerToAsync(request);
        head.StatusCode.ShouldBeInRange(400, 499, head.StatusLine);
        head.Of("Sec-WebSocket-Accept").ShouldBeEmpty();
        return head;
    }

    private static string NameOf(string line) => line.Split(':')[0];
}
