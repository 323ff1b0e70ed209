using System.Net;
using System.Runtime.InteropServices;
using RawWebSocket.Handshake;

namespace RawWebSocket.Hosting;

/// <summary>
/// How many connections are open: in all, by remote address and by user. A slot is taken before the 101, so that the limits hold however
/// many requests come at once. Thread-safe.
/// </summary>
internal sealed class ConnectionSlots(RawWebSocketServerOptions limits)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<RemoteNetwork, int> _byAddress = [];
    private readonly Dictionary<string, int> _byUser = new(StringComparer.Ordinal);
    private ConnectionSlot? _uncounted;
    private int _taken;

    /// <summary>How many slots are taken.</summary>
    public int Taken
    {
        get
        {
            lock (_gate)
            {
                return _taken;
            }
        }
    }

    /// <summary>How many addresses and users are counted: none that have no connection.</summary>
    public int Counted
    {
        get
        {
            lock (_gate)
            {
                return _byAddress.Count + _byUser.Count;
            }
        }
    }

    /// <summary>Takes a slot, to be disposed once, when the connection has ended or was never opened; null when there is none.</summary>
    /// <param name="address">The remote address; null where the server has none, which does not count.</param>
    /// <param name="user">Whose connection it is; null for nobody's, which does not count.</param>
    /// <param name="full">The limit that is reached when there is no slot.</param>
    public ConnectionSlot? TryTake(IPAddress? address, string? user, out RefusalReason full)
    {
        var network = limits.MaxConnectionsPerAddress is null ? null : RemoteNetwork.Of(address, limits.CountLoopback);
        user = limits.MaxConnectionsPerUser is null ? null : user;
        full = default;
        lock (_gate)
        {
            if (_taken >= limits.MaxConnections)
            {
                full = RefusalReason.Connections;
            }
            else if (network is { } from && _byAddress.GetValueOrDefault(from) >= limits.MaxConnectionsPerAddress)
            {
                full = RefusalReason.ConnectionsPerAddress;
            }
            else if (user is not null && _byUser.GetValueOrDefault(user) >= limits.MaxConnectionsPerUser)
            {
                full = RefusalReason.ConnectionsPerUser;
            }
            else
            {
                _taken++;
                if (network is { } counted)
                {
                    Add(_byAddress, counted);
                }

                if (user is not null)
                {
                    Add(_byUser, user);
                }

                // Places that are only counted in all are all the same, so connections need not hold one each.
                return network is null && user is null
                    ? _uncounted ??= new ConnectionSlot(this, null, null)
                    : new ConnectionSlot(this, network, user);
            }
        }

        return null;
    }

    /// <summary>For <see cref="ConnectionSlot"/> only.</summary>
    public void GiveBack(RemoteNetwork? network, string? user)
    {
        lock (_gate)
        {
            _taken--;
            if (network is { } counted)
            {
                Remove(_byAddress, counted);
            }

            if (user is not null)
            {
                Remove(_byUser, user);
            }
        }
    }

    private static void Add<TKey>(Dictionary<TKey, int> counts, TKey key)
        where TKey : notnull => CollectionsMarshal.GetValueRefOrAddDefault(counts, key, out _)++;

    private static void Remove<TKey>(Dictionary<TKey, int> counts, TKey key)
        where TKey : notnull
    {
        if (--CollectionsMarshal.GetValueRefOrNullRef(counts, key) == 0)
        {
            counts.Remove(key);
        }
    }
}
