using RawWebSocket.Groups;

namespace RawWebSocket;

/// <summary>
/// All connections of this process, by group and by user: reach them from anywhere by asking DI for this class
/// (registered by <c>AddRawWebSockets</c>).
/// </summary>
/// <remarks>Thread-safe. A connection is in no group, and among no user's, once it has closed.</remarks>
public sealed class WebSocketGroups
{
    private readonly GroupDirectory _directory;

    internal WebSocketGroups(GroupDirectory directory) => _directory = directory;

    /// <summary>Every open connection.</summary>
    public WebSocketAudience All => new(_directory, Audience.All, "", []);

    /// <summary>The members of a group; nobody when the group has none.</summary>
    /// <param name="name">The group's name; names compare exactly.</param>
    public WebSocketAudience Group(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return new(_directory, Audience.Group, name, []);
    }

    /// <summary>The connections of a user, as <see cref="RawWebSocketOptions.UserIdentifier"/> names them.</summary>
    /// <param name="userId">The user.</param>
    public WebSocketAudience User(string userId)
    {
        ArgumentNullException.ThrowIfNull(userId);
        return new(_directory, Audience.User, userId, []);
    }
}
