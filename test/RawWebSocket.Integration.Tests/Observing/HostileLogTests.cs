using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace RawWebSocket.Integration.Tests.Observing;

/// <summary>What a peer says must not write lines of its own into a log, nor colour a terminal.</summary>
public class HostileLogTests
{
    private const string Forged = "a\r\nforged: line\u001b[31m\u2028\u0085\u202e";

    [Fact]
    public async Task An_exception_with_the_peers_words_in_its_message_is_logged_without_their_control_characters()
    {
        var handler = new ScriptedHandler
        {
            WhenMessage = (_, message) => throw new JsonException($"'{message.Text}' is no number", new FormatException(message.Text)),
        };
        await using var app = TestApp.With(handler);
        await using var socket = await app.ConnectAsync();
        await socket.SendTextAsync(Forged);
        await socket.ExpectCloseAsync(WebSocketCloseStatus.InternalServerError);

        var exception = (await app.Log.FirstAsync(5)).Exception.ShouldNotBeNull();
        exception.Message.ShouldBe("'a??forged: line?[31m???' is no number");
        exception.InnerException.ShouldNotBeNull().Message.ShouldBe("a??forged: line?[31m???");
        var text = exception.ToString();
        text.ShouldStartWith("System.Text.Json.JsonException: 'a??forged: line?[31m???' is no number");
        text.ShouldContain("System.FormatException: a??forged");
        text.ShouldContain(nameof(HostileLogTests));
        text.Split('\n').ShouldAllBe(line => !line.StartsWith("forged"));
        text.ShouldAllBe(character => !char.IsControl(character) || character == '\r' || character == '\n');
    }

    [Fact]
    public async Task A_json_exception_of_the_frameworks_own_is_so_too()
    {
        var handler = new ScriptedHandler
        {
            WhenMessage = (_, message) =>
            {
                message.ReadJson<Dictionary<string, int>>();
                return ValueTask.CompletedTask;
            },
        };
        await using var app = TestApp.With(handler);
        await using var socket = await app.ConnectAsync();
        await socket.SendTextAsync("""{"a\r\nforged: line\u001b[31m": "x"}""");
        await socket.ExpectCloseAsync(WebSocketCloseStatus.InternalServerError);
        var text = (await app.Log.FirstAsync(5)).Exception.ShouldNotBeNull().ToString();
        text.ShouldContain("JsonException");
        text.Split('\n').ShouldAllBe(line => !line.StartsWith("forged"));
        text.ShouldNotContain("\u001b");
    }

    [Fact]
    public async Task An_ordinary_exception_is_logged_as_it_is()
    {
        var failure = new InvalidOperationException("on purpose", new FormatException("within"));
        await using var app = TestApp.With(new ScriptedHandler { WhenMessage = (_, _) => throw failure });
        await using var socket = await app.ConnectAsync();
        await socket.SendTextAsync("go");
        await socket.ExpectCloseAsync(WebSocketCloseStatus.InternalServerError);
        (await app.Log.FirstAsync(5)).Exception.ShouldBeSameAs(failure);
    }

    [Fact]
    public async Task The_application_gets_the_exception_as_it_was()
    {
        var failure = new FormatException(Forged);
        var handler = new ScriptedHandler { WhenMessage = (_, _) => throw failure };
        await using var app = TestApp.With(handler);
        await using var socket = await app.ConnectAsync();
        await socket.SendTextAsync("go");
        await socket.ExpectCloseAsync(WebSocketCloseStatus.InternalServerError);
        (await handler.Closed).Exception.ShouldBeSameAs(failure);
    }

    [Fact]
    public async Task No_message_has_a_control_character_whatever_the_peer_sends()
    {
        await using var app = TestApp.With(new ScriptedHandler
        {
            WhenMessage = async (connection, message) => await connection.CloseAsync((WebSocketCloseStatus)4000, message.Text),
        });
        await app.ExpectRefusalAsync("/", options => options.Origin = $"https://{Forged}");
        await app.ExpectRefusalAsync("/", options => options.Headers.SecWebSocketVersion = Forged);
        await app.ExpectRefusalAsync("/", options => options.Headers.SecWebSocketProtocol = Forged);
        await app.ExpectRefusalAsync("/%0d%0aforged%1b[31m");
        await using (var socket = await app.ConnectAsync())
        {
            await socket.SendTextAsync(Forged);
            await socket.ExpectCloseAsync((WebSocketCloseStatus)4000);
            await socket.ExpectEndAsync();
        }

        await using (var socket = await app.ConnectAsync())
        {
            await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, Forged);
        }

        await app.Log.FirstAsync(10);
        app.Log.Entries.Where(entry => entry.IsOurs).ShouldAllBe(entry => entry.Message.All(IsPlain));
        app.Log.Entries.Count(entry => entry.IsOurs && entry.Level == LogLevel.Information).ShouldBeGreaterThan(4);
    }

    private static bool IsPlain(char character) => CharUnicodeInfo.GetUnicodeCategory(character)
        is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);
}
