using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace RawWebSocket.Sample.Tests;

/// <summary>The chat, in memory: what its members see of each other, and what nobody sees of somebody's mistakes.</summary>
public class ChatTests(WebApplicationFactory<Program> factory) : IClassFixture<WebApplicationFactory<Program>>
{
    [Fact]
    public async Task Members_of_a_room_see_each_other_come_speak_and_go()
    {
        await using var ada = await JoinAsync("Ada", "hall");
        await using var grace = await JoinAsync("Grace", "hall");
        await ExpectAsync(ada, "joined", "name", "Grace");
        (await ExpectAsync(ada, "who"))["names"]!.AsArray().Select(name => name!.ToString()).ShouldBe(["Ada", "Grace"]);

        await SendAsync(grace, """{"type":"say","text":"hello"}""");
        await ExpectAsync(ada, "said", "text", "hello");
        await ExpectAsync(grace, "said", "text", "hello");

        await grace.CloseAsync();
        await ExpectAsync(ada, "left", "name", "Grace");
        (await ExpectAsync(ada, "who"))["names"]!.AsArray().Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_file_reaches_the_room_as_one_binary_message()
    {
        await using var ada = await JoinAsync("Ada", "files");
        await using var grace = await JoinAsync("Grace", "files");
        await grace.SendBinaryAsync([.. """{"name":"a.bin","mime":"application/octet-stream"}"""u8, (byte)'\n', 0, 10, 255]);

        await ExpectAsync(ada, "joined");
        await ExpectAsync(ada, "who");
        var message = await ada.ExpectBinaryAsync();
        var header = JsonNode.Parse(message.AsSpan(0, Array.IndexOf(message, (byte)'\n')))!;
        header["name"]!.ToString().ShouldBe("Grace");
        header["file"]!.ToString().ShouldBe("a.bin");
        message[^3..].ShouldBe([0, 10, 255]);
    }

    [Theory]
    [InlineData("not JSON")]
    [InlineData("[1,2]")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("""{"type":"shout","text":"HEY"}""")]
    [InlineData("""{"type":"say","text":""}""")]
    [InlineData("""{"type":"join","name":"Ada","room":"again"}""")]
    public async Task Bad_input_is_answered_in_words_and_nobody_else_notices(string bad)
    {
        await using var ada = await JoinAsync("Ada", "calm");
        await using var grace = await JoinAsync("Grace", "calm");
        await ExpectAsync(ada, "joined");
        await ExpectAsync(ada, "who");

        await SendAsync(grace, bad);
        (await ExpectAsync(grace, "error"))["message"]!.ToString().ShouldNotBeEmpty();

        // Grace can go on, and what she says next is the next thing that Ada hears.
        await SendAsync(grace, """{"type":"say","text":"sorry"}""");
        await ExpectAsync(ada, "said", "text", "sorry");
    }

    [Fact]
    public async Task A_name_that_is_too_long_or_empty_is_refused_and_may_be_mended()
    {
        await using var socket = await factory.ConnectRawWebSocketAsync("/chat");
        foreach (var name in (string[])[new string('x', 33), "", " \\n\\t "])
        {
            await SendAsync(socket, $$"""{"type":"join","name":"{{name}}","room":"names"}""");
            await ExpectAsync(socket, "error");
        }

        await SendAsync(socket, """{"type":"join","name":"Ada","room":"names"}""");
        await ExpectAsync(socket, "welcome", "name", "Ada");
    }

    [Fact]
    public async Task A_name_that_is_taken_gets_a_number()
    {
        await using var first = await JoinAsync("Ada", "twins");
        await using var second = await factory.ConnectRawWebSocketAsync("/chat");
        await SendAsync(second, """{"type":"join","name":"ada","room":"twins"}""");
        await ExpectAsync(second, "welcome", "name", "ada (2)");
    }

    [Fact]
    public async Task A_file_that_is_too_big_is_refused_in_words()
    {
        await using var ada = await JoinAsync("Ada", "heavy");
        byte[] file = [.. """{"name":"big.bin","mime":"x/y"}"""u8, (byte)'\n', .. new byte[(512 * 1024) + 1]];
        var sending = ada.SendBinaryAsync(file);
        (await ExpectAsync(ada, "error"))["message"]!.ToString().ShouldContain("512 KiB");
        await sending;
    }

    private async Task<TestWebSocket> JoinAsync(string name, string room)
    {
        var socket = await factory.ConnectRawWebSocketAsync("/chat");
        await SendAsync(socket, JsonSerializer.Serialize(new { type = "join", name, room }));
        await ExpectAsync(socket, "welcome", "name", name);
        await ExpectAsync(socket, "who");
        return socket;
    }

    private static Task SendAsync(TestWebSocket socket, string json) => socket.SendTextAsync(Encoding.UTF8.GetBytes(json));

    private static async Task<JsonNode> ExpectAsync(TestWebSocket socket, string type, string? property = null, string? value = null)
    {
        var message = JsonNode.Parse(await socket.ExpectTextAsync())!;
        message["type"]!.ToString().ShouldBe(type, message.ToJsonString());
        if (property is not null)
        {
            message[property]!.ToString().ShouldBe(value);
        }

        return message;
    }
}
