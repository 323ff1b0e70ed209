using System.Buffers;
using System.Net.WebSockets;
using System.Text.Json;

namespace RawWebSocket.Tests;

public class WebSocketMessageTests
{
    private static WebSocketMessage TextMessage(ReadOnlySpan<byte> utf8) =>
        new(WebSocketMessageType.Text, new ReadOnlySequence<byte>(utf8.ToArray()));

    [Fact]
    public void Text_is_the_payload_decoded_as_utf8() => TextMessage("grüß dich 🌍"u8).Text.ShouldBe("grüß dich 🌍");

    [Fact]
    public void Json_is_read_with_the_webs_naming_by_default() =>
        TextMessage("""{"name":"Ada"}"""u8).ReadJson<Person>().ShouldBe(new Person("Ada"));

    [Fact]
    public void Json_that_is_broken_throws_a_json_exception() =>
        Should.Throw<JsonException>(() => TextMessage("{"u8).ReadJson<Person>());

    [Fact]
    public void Json_that_is_followed_by_something_else_throws_a_json_exception() =>
        Should.Throw<JsonException>(() => TextMessage("""{"name":"Ada"} and more"""u8).ReadJson<Person>());

    private sealed record Person(string Name);
}
