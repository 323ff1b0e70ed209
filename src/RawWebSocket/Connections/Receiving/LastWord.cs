using RawWebSocket.Protocol;

namespace RawWebSocket.Connections.Receiving;

/// <summary>What a peer's part ended with: its close frame, what it is failed for, or what reading it threw.</summary>
internal sealed class LastWord
{
    public LastWord(in Incoming last)
    {
        Close = last.Kind == IncomingKind.Close ? last.Close : null;
        Fault = last.Fault;
    }

    public LastWord(ProtocolFault fault) => Fault = fault;

    public LastWord(Exception failure) => Failure = failure;

    public ClosePayload? Close { get; }

    public ProtocolFault? Fault { get; }

    public Exception? Failure { get; }
}
