using System.IO.Pipelines;

namespace RawWebSocket.Transport.Connections;

/// <summary>A connection that is its new owner's: its pipe goes to the socket, and ending it ends the socket.</summary>
/// <param name="connection">What owns the descriptor.</param>
/// <param name="pipe">Its pipe.</param>
internal sealed class HandedOverConnection(EpollConnection connection, IDuplexPipe pipe) : IHandedOverConnection
{
    public IDuplexPipe Pipe => pipe;

    public CancellationToken Closed => connection.Closed;

    public long? UntakenBytes => connection.UntakenBytes;

    public bool HasUnreadInput => connection.HasUnreadInput;

    public bool RunsInline
    {
        get => connection.RunsInline;
        set => connection.RunsInline = value;
    }

    public void Abort(string reason) => connection.Drop(new Microsoft.AspNetCore.Connections.ConnectionAbortedException(reason));

    public ValueTask DisposeAsync() => connection.EndAsync();
}
