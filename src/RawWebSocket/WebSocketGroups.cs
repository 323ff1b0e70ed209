namespace RawWebSocket;

/// <summary>
/// All connections of this process, by group and by user: reach them from anywhere by asking DI for this class.
/// </summary>
/// <remarks>Thread-safe. A connection is in no group, and among no user's, once it has closed.</remarks>
public sealed class WebSocketGroups
{
    /// <summary>Every open connection.</summary>
    public WebSocketAudience All => throw new NotImplementedException();

    /// <summary>The members of a group; nobody when the group has none.</summary>
    /// <param name="name">The group's name.</param>
    public WebSocketAudience Group(string name) => throw new NotImplementedException(name);

    /// <summary>The connections of a user, as <see cref="RawWebSocketOptions.UserIdentifier"/> names them.</summary>
    /// <param name="userId">The user.</param>
    public WebSocketAudience User(string userId) => throw new NotImplementedException(userId);
}
