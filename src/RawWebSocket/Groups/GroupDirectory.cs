using RawWebSocket.Connections;
using RawWebSocket.Connections.Lifetime;

namespace RawWebSocket.Groups;

/// <summary>Who is open, in which group, and whose. One lock for changes; a broadcast works on a snapshot and holds nobody up.</summary>
/// <param name="open">The connections that are open: among them all that are members.</param>
internal sealed class GroupDirectory(OpenConnections open) : IGroupDirectory
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Membership> _groups = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Membership> _users = new(StringComparer.Ordinal);
    private readonly Dictionary<Connection, HashSet<string>> _groupsOf = [];

    // Of all members; taken anew only after a change, outside of the lock, because they may be many.
    private Connection[]? _everyone;
    private long _changes;

    public void Add(Connection connection)
    {
        lock (_gate)
        {
            SetMember(connection, isMember: true);
            if (connection.UserId is { } user)
            {
                AddTo(_users, user, connection);
            }
        }
    }

    public void Remove(Connection connection)
    {
        lock (_gate)
        {
            SetMember(connection, isMember: false);
            if (connection.UserId is { } user)
            {
                RemoveFrom(_users, user, connection);
            }

            if (_groupsOf.Remove(connection, out var groups))
            {
                foreach (var group in groups)
                {
                    RemoveFrom(_groups, group, connection);
                }
            }
        }
    }

    public bool Join(Connection connection, string group)
    {
        ArgumentNullException.ThrowIfNull(group);
        lock (_gate)
        {
            if (!connection.IsMember)
            {
                return false;
            }

            if (!_groupsOf.TryGetValue(connection, out var groups))
            {
                _groupsOf[connection] = groups = new(StringComparer.Ordinal);
            }

            return groups.Add(group) && AddTo(_groups, group, connection);
        }
    }

    public bool Leave(Connection connection, string group)
    {
        ArgumentNullException.ThrowIfNull(group);
        lock (_gate)
        {
            return _groupsOf.TryGetValue(connection, out var groups)
                && groups.Remove(group)
                && RemoveFrom(_groups, group, connection);
        }
    }

    public IReadOnlyCollection<string> GroupsOf(Connection connection)
    {
        lock (_gate)
        {
            return _groupsOf.TryGetValue(connection, out var groups) ? [.. groups] : [];
        }
    }

    public Connection[] MembersOf(Audience audience, string name)
    {
        if (audience == Audience.All)
        {
            return Everyone();
        }

        lock (_gate)
        {
            var memberships = audience == Audience.Group ? _groups : _users;
            return memberships.GetValueOrDefault(name)?.Snapshot() ?? [];
        }
    }

    private Connection[] Everyone()
    {
        long changes;
        lock (_gate)
        {
            if (_everyone is not null)
            {
                return _everyone;
            }

            changes = _changes;
        }

        Connection[] everyone = [.. open.All.Where(static connection => connection.IsMember)];
        lock (_gate)
        {
            // Somebody may have come or gone meanwhile: good for this broadcast, but not for the next.
            _everyone = changes == _changes ? everyone : null;
        }

        return everyone;
    }

    private void SetMember(Connection connection, bool isMember)
    {
        if (connection.IsMember != isMember)
        {
            connection.IsMember = isMember;
            _everyone = null;
            _changes++;
        }
    }

    private static bool AddTo(Dictionary<string, Membership> memberships, string name, Connection connection)
    {
        if (!memberships.TryGetValue(name, out var membership))
        {
            memberships[name] = membership = new Membership();
        }

        return membership.Add(connection);
    }

    private static bool RemoveFrom(Dictionary<string, Membership> memberships, string name, Connection connection)
    {
        if (!memberships.TryGetValue(name, out var membership) || !membership.Remove(connection))
        {
            return false;
        }

        if (membership.IsEmpty)
        {
            memberships.Remove(name);
        }

        return true;
    }
}
