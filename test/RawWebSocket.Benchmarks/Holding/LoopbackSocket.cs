using System.Buffers.Binary;
using RawWebSocket.Benchmarks.Loading;

namespace RawWebSocket.Benchmarks.Holding;

/// <summary>A connection to 127.0.0.1 from an address of its own choice, without an object of the runtime behind it.</summary>
internal static class LoopbackSocket
{
    private const int AddressSize = 16;

    // 127.0.0.2: others may use the ports of 127.0.0.1.
    private const uint FirstSource = 0x7F00_0002;
    private const uint Server = 0x7F00_0001;

    /// <summary>Connects from the address of this number. Waits for it, which does not take long on loopback.</summary>
    public static int Connect(int source, int port)
    {
        var descriptor = Kernel.StreamSocket();
        Span<byte> from = stackalloc byte[AddressSize];
        Write(from, FirstSource + (uint)source, port: 0);
        Span<byte> to = stackalloc byte[AddressSize];
        Write(to, Server, port);
        if (descriptor < 0 || Kernel.PortOnConnect(descriptor) < 0 || Kernel.Bind(descriptor, from) < 0 || Kernel.Connect(descriptor, to) < 0)
        {
            throw Kernel.LastError("A connection was not made");
        }

        return descriptor;
    }

    // sockaddr_in: the family in the machine's order, the rest in the network's.
    private static void Write(Span<byte> socketAddress, uint address, int port)
    {
        socketAddress.Clear();
        BitConverter.TryWriteBytes(socketAddress, Kernel.InternetFamily);
        BinaryPrimitives.WriteUInt16BigEndian(socketAddress[2..], (ushort)port);
        BinaryPrimitives.WriteUInt32BigEndian(socketAddress[4..], address);
    }
}
