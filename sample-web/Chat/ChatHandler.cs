using System.Text.Json;
using RawWebSocket;
using WebSocketMessageType = System.Net.WebSockets.WebSocketMessageType;

namespace SampleWeb.Chat;

/// <summary>
/// One member's side of the chat. Whatever a client sends wrong is answered with an <see cref="Error"/> to it alone; the connection
/// stays and nobody else notices.
/// </summary>
/// <remarks>Made anew for each connection, whose calls come one after the other: plain fields are safe.</remarks>
internal sealed class ChatHandler(ChatRooms rooms, TimeProvider clock) : IWebSocketHandler
{
    private string? _name;
    private string _room = "";

    public ValueTask OnMessageAsync(WebSocketConnection connection, WebSocketMessage message) =>
        message.Type == WebSocketMessageType.Binary
            ? OnFileAsync(connection, message)
            : Parse(message) switch
            {
                Join join => OnJoinAsync(connection, join),
                Say say => OnSayAsync(connection, say),
                Ping ping => SendAsync(connection, new Pong(ping.Id)),
                _ => RefuseAsync(connection, "Send a JSON object whose type is join, say or ping."),
            };

    public ValueTask OnClosedAsync(WebSocketConnection connection, WebSocketClosure closure)
    {
        if (_name is not null)
        {
            rooms.Leave(_room, _name);
        }

        return ValueTask.CompletedTask;
    }

    private async ValueTask OnJoinAsync(WebSocketConnection connection, Join join)
    {
        var name = ChatText.Line(join.Name);
        var room = ChatText.Line(join.Room);
        if (_name is not null)
        {
            await RefuseAsync(connection, "You are in a room already.");
        }
        else if (name.Length is 0 or > ChatLimits.Name)
        {
            await RefuseAsync(connection, $"A name has 1 to {ChatLimits.Name} characters.");
        }
        else if (room.Length is 0 or > ChatLimits.Room)
        {
            await RefuseAsync(connection, $"A room's name has 1 to {ChatLimits.Room} characters.");
        }
        else if (await rooms.EnterAsync(connection, room, name) is { } given)
        {
            (_name, _room) = (given, room);
        }
        else
        {
            await RefuseAsync(connection, $"This room is full: {ChatLimits.MembersOfRoom} are in it.");
        }
    }

    private ValueTask OnSayAsync(WebSocketConnection connection, Say say)
    {
        if (_name is null)
        {
            return RefuseAsync(connection, "Join a room first.", say.Id);
        }

        var text = ChatText.Lines(say.Text);
        if (text.Length is 0 or > ChatLimits.Text)
        {
            return RefuseAsync(connection, $"A message has 1 to {ChatLimits.Text} characters.", say.Id);
        }

        rooms.Tell(_room, new Said(_name, text, clock.GetUtcNow(), Short(say.Id)));
        return ValueTask.CompletedTask;
    }

    private ValueTask OnFileAsync(WebSocketConnection connection, WebSocketMessage message)
    {
        if (_name is null)
        {
            return RefuseAsync(connection, "Join a room first.");
        }

        if (!ChatFile.TryRead(message.Payload, out var header, out var content))
        {
            return RefuseAsync(connection, "A binary message is a line of JSON that names the file, a line feed, and the file's bytes.");
        }

        var file = ChatText.Line(header.Name);
        if (file.Length is 0 or > ChatLimits.FileName)
        {
            return RefuseAsync(connection, $"A file's name has 1 to {ChatLimits.FileName} characters.", header.Id);
        }

        if (content.Length > ChatLimits.FileBytes)
        {
            return RefuseAsync(connection, $"A file has at most {ChatLimits.FileBytes / 1024} KiB.", header.Id);
        }

        var sent = new SentFile(_name, file, ChatText.MediaType(header.Mime), content.Length, clock.GetUtcNow(), Short(header.Id));
        rooms.In(_room).SendBinary(ChatFile.Write(sent, content));
        return ValueTask.CompletedTask;
    }

    private static ClientMessage? Parse(WebSocketMessage message)
    {
        try
        {
            return message.ReadJson(ChatJson.Default.ClientMessage);
        }
        catch (Exception notOurs) when (notOurs is JsonException or NotSupportedException)
        {
            // Not JSON, an unknown type, or no type at all.
            return null;
        }
    }

    private static string? Short(string? id) => id is { Length: <= ChatLimits.Id } ? id : null;

    private static ValueTask RefuseAsync(WebSocketConnection connection, string problem, string? id = null) =>
        SendAsync(connection, new Error(problem, Short(id)));

    private static async ValueTask SendAsync(WebSocketConnection connection, ServerMessage message) =>
        await connection.SendJsonAsync(message, ChatJson.Default.ServerMessage);
}
