using RawWebSocket.Connections;

namespace RawWebSocket.Groups;

/// <summary>Which connections an audience means.</summary>
internal enum Audience
{
    All,
    Group,
    User,
}

/// <summary>The connections of one group or user. Used under the directory's lock; a snapshot may be read without.</summary>
internal sealed class Membership
{
    private readonly HashSet<Connection> _members = [];
    private Connection[]? _snapshot;

    public bool IsEmpty => _members.Count == 0;

    public bool Add(Connection connection)
    {
        _snapshot = null;
        return _members.Add(connection);
    }

    public bool Remove(Connection connection)
    {
        _snapshot = null;
        return _members.Remove(connection);
    }

    /// <summary>The members now; taken anew only after a change, so that a broadcast copies nothing.</summary>
    public Connection[] Snapshot() => _snapshot ??= [.. _members];
}
