using System.IO.Pipelines;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;

namespace RawWebSocket.Connections.Direct;

/// <summary>
/// Finds the socket behind a connection of Kestrel's, if what is written to the transport reaches it as it is: no TLS, and no connection
/// middleware that has put a transport of its own in front.
/// </summary>
/// <param name="onUnknown">Told once, if Kestrel or the runtime's pipes are not as expected, so that no socket will be found.</param>
/// <param name="isReadable">Whether the content of a pipe can be seen; <see cref="PipeContent.IsReadable"/>.</param>
internal sealed class SocketAccess(Action onUnknown, Func<PipeWriter, bool> isReadable)
{
    private const string SocketConnection =
        "Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets.Internal.SocketConnection, "
        + "Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets";

    private static readonly Type? ConnectionType = Type.GetType(SocketConnection);

    private int _unknown;

    private bool IsUnknown => Volatile.Read(ref _unknown) != 0;

    /// <summary>The way to the sockets; null on other systems than Linux, and where there is none, which is told.</summary>
    public static SocketAccess? TryCreate(Action onUnknown)
    {
        if (!OperatingSystem.IsLinux() || ConnectionType is null)
        {
            return null;
        }

        if (!DirectSend.IsAvailable)
        {
            onUnknown();
            return null;
        }

        return new(onUnknown, PipeContent.IsReadable);
    }

    /// <summary>The socket; null when there is none to be had.</summary>
    /// <param name="features">The request's.</param>
    /// <param name="transport">What is written to otherwise.</param>
    public SafeSocketHandle? Find(IFeatureCollection features, IDuplexPipe transport)
    {
        if (IsUnknown
            || features.Get<IConnectionSocketFeature>() is not { } connection
            || connection.GetType() != ConnectionType
            || !IsFirst(transport, connection))
        {
            return null;
        }

        if (!isReadable(transport.Output))
        {
            GiveUp();
            return null;
        }

        return connection.Socket.SafeHandle;
    }

    // Kestrel remembers the transport that it began with.
    private bool IsFirst(IDuplexPipe transport, IConnectionSocketFeature connection)
    {
        try
        {
            return ReferenceEquals(OriginalTransportOf(connection), transport);
        }
        catch (MissingFieldException)
        {
            GiveUp();
            return false;
        }
    }

    // Another version of the framework.
    private void GiveUp()
    {
        if (Interlocked.Exchange(ref _unknown, 1) == 0)
        {
            onUnknown();
        }
    }

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_originalTransport")]
    private static extern ref IDuplexPipe OriginalTransportOf([UnsafeAccessorType(SocketConnection)] object connection);
}
