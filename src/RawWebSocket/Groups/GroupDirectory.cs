using RawWebSocket.Connections;

namespace RawWebSocket.Groups;

/// <summary>Who is open, in which group, and whose. One lock for changes; a broadcast works on a snapshot and holds nobody up.</summary>
internal sealed class GroupDirectory : IGroupDirectory
{
    private readonly Lock _gate = new();
    private readonly Membership _all = new();
    private readonly Dictionary<string, Membership> _groups = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Membership> _users = new(StringComparer.Ordinal);
    private readonly Dictionary<Connection, HashSet<string>> _groupsOf = [];

    public void Add(Connection connection)
    {
        lock (_gate)
        {
            _all.Add(connection);
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
            _all.Remove(connection);
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
            if (!_all.Contains(connection))
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
        lock (_gate)
        {
            var membership = audience switch
            {
                Audience.All => _all,
                Audience.Group => _groups.GetValueOrDefault(name),
                _ => _users.GetValueOrDefault(name),
            };
            return membership?.Snapshot() ?? [];
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
