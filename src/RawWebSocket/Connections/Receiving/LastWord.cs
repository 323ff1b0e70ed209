using RawWebSocket.Protocol;

namespace RawWebSocket.Connections;

/// <summary>What a peer's part ended with: its close frame, or what it is failed for.</summary>
internal sealed class LastWord
{
    public LastWord(in Incoming last)
    {
        Close = last.Kind == IncomingKind.Close ? last.Close : null;
        Fault = last.Fault;
    }

    public LastWord(ProtocolFault fault) => Fault = fault;

    public ClosePayload? Close { get; }

    public ProtocolFault? Fault { get; }
}
