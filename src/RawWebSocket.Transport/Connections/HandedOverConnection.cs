using System.IO.Pipelines;

namespace RawWebSocket.Transport.Connections;

/// <summary>A connection that is its new owner's: its pipe goes to the socket, and ending it ends the socket.</summary>
/// <param name="connection">What owns the descriptor.</param>
internal sealed class HandedOverConnection(EpollConnection connection) : IHandedOverConnection, IDuplexPipe
{
    public IDuplexPipe Pipe => this;

    public PipeReader Input => connection.Own.Input;

    public PipeWriter Output => connection.Own.Output;

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
