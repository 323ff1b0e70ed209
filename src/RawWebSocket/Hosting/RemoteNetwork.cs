using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace RawWebSocket.Hosting;

/// <summary>Whose connections count together: an IPv4 address, or the first 64 bits of an IPv6 address, which one subscriber has.</summary>
internal readonly record struct RemoteNetwork(AddressFamily Family, ulong Prefix)
{
    /// <summary>The network of an address; null for one that does not count.</summary>
    public static RemoteNetwork? Of(IPAddress? address, bool countsLoopback)
    {
        // A socket that listens for both families sees IPv4 addresses as ::ffff:192.0.2.1, which all have the same first 64 bits.
        address = address is { IsIPv4MappedToIPv6: true } ? address.MapToIPv4() : address;
        if (address is null || (!countsLoopback && IPAddress.IsLoopback(address)))
        {
            return null;
        }

        Span<byte> bytes = stackalloc byte[16];
        bytes.Clear();
        address.TryWriteBytes(bytes, out _);
        return new RemoteNetwork(address.AddressFamily, BinaryPrimitives.ReadUInt64BigEndian(bytes));
    }
}
