using System.IO.Pipelines;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;

namespace RawWebSocket.Connections;

/// <summary>
/// Finds the socket behind a connection of Kestrel's, if what is written to the transport reaches it as it is: no TLS, and no connection
/// middleware that has put a transport of its own in front.
/// </summary>
internal sealed class SocketAccess
{
    private const string SocketConnection =
        "Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets.Internal.SocketConnection, "
        + "Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets";

    private static readonly Type? ConnectionType = Type.GetType(SocketConnection);

    private volatile bool _isKnown = true;

    /// <summary>The way to the sockets; null on systems where it has not been tried.</summary>
    public static SocketAccess? TryCreate() => OperatingSystem.IsLinux() && ConnectionType is not null ? new() : null;

    /// <summary>The socket, on which sends from now on do not block; null when there is none to be had.</summary>
    /// <param name="features">The request's.</param>
    /// <param name="transport">What is written to otherwise.</param>
    public Socket? Find(IFeatureCollection features, IDuplexPipe transport)
    {
        if (features.Get<IConnectionSocketFeature>() is not { } connection
            || connection.GetType() != ConnectionType
            || !IsFirst(transport, connection)
            || !PipeContent.IsReadable(transport.Output))
        {
            return null;
        }

        try
        {
            // Kestrel's own sends and receives are asynchronous ones, which do not care.
            var socket = connection.Socket;
            socket.Blocking = false;
            return socket;
        }
        catch (ObjectDisposedException)
        {
            return null;
        }
    }

    // Kestrel remembers the transport that it began with.
    private bool IsFirst(IDuplexPipe transport, IConnectionSocketFeature connection)
    {
        try
        {
            return _isKnown && ReferenceEquals(OriginalTransportOf(connection), transport);
        }
        catch (MissingFieldException)
        {
            // Another version of the framework.
            _isKnown = false;
            return false;
        }
    }

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_originalTransport")]
    private static extern ref IDuplexPipe OriginalTransportOf([UnsafeAccessorType(SocketConnection)] object connection);
}
