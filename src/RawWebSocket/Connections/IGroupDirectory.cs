namespace RawWebSocket.Connections;

/// <summary>Where a connection is a member: what it needs to know of groups.</summary>
internal interface IGroupDirectory
{
    void Add(Connection connection);

    /// <summary>Takes a connection out of everything; it can join nothing afterwards.</summary>
    void Remove(Connection connection);

    bool Join(Connection connection, string group);

    bool Leave(Connection connection, string group);

    IReadOnlyCollection<string> GroupsOf(Connection connection);
}
