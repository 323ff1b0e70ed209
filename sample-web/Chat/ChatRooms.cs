using RawWebSocket;

namespace SampleWeb.Chat;

/// <summary>Who is in which room. The connections themselves are kept by the library: one group for each room.</summary>
/// <remarks>
/// What concerns coming and going is queued under the lock, so that every member hears of it in the same order and the last list of
/// names is the right one. Queueing never waits for a peer.
/// </remarks>
internal sealed class ChatRooms(WebSocketGroups groups, TimeProvider clock)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, List<string>> _namesByRoom = [];

    /// <summary>Everyone in the room.</summary>
    public WebSocketAudience In(string room) => groups.Group(GroupOf(room));

    /// <summary>Lets a connection in and welcomes it. The result is its name, or null when the room is full.</summary>
    public async ValueTask<string?> EnterAsync(WebSocketConnection connection, string room, string wanted)
    {
        ValueTask<SendResult> welcome;
        string name;
        lock (_lock)
        {
            var names = _namesByRoom.TryGetValue(room, out var known) ? known : _namesByRoom[room] = [];
            if (names.Count == ChatLimits.MembersOfRoom)
            {
                return null;
            }

            name = FreeName(names, wanted);
            names.Add(name);
            Tell(room, new Joined(name, clock.GetUtcNow()));

            // Sends leave in the order of the calls: the newcomer hears the welcome first, though it is awaited later.
            welcome = connection.SendJsonAsync(
                new Welcome(name, room, ChatLimits.Text, ChatLimits.FileBytes), ChatJson.Default.ServerMessage);
            connection.JoinGroup(GroupOf(room));
            Tell(room, new Who([.. names]));
        }

        await welcome;
        return name;
    }

    /// <summary>Takes a name out of a room; its connection has already left the group by closing.</summary>
    public void Leave(string room, string name)
    {
        lock (_lock)
        {
            var names = _namesByRoom[room];
            names.Remove(name);
            if (names.Count == 0)
            {
                _namesByRoom.Remove(room);
                return;
            }

            Tell(room, new Left(name, clock.GetUtcNow()));
            Tell(room, new Who([.. names]));
        }
    }

    /// <summary>Sends a JSON message to everyone in the room.</summary>
    public void Tell(string room, ServerMessage message) => In(room).SendJson(message, ChatJson.Default.ServerMessage);

    private static string GroupOf(string room) => "chat:" + room;

    // "Ada", and while she is there "Ada (2)", so that a tab which lost its connection can come back at once.
    private static string FreeName(List<string> names, string wanted)
    {
        var name = wanted;
        for (var number = 2; names.Contains(name, StringComparer.OrdinalIgnoreCase); number++)
        {
            name = $"{wanted} ({number})";
        }

        return name;
    }
}
