namespace RawWebSocket.Connections;

/// <summary>What a connection has carried. Received is counted by the receive loop's thread, sent under the send queue's lock.</summary>
internal struct Traffic
{
    public long MessagesReceived;
    public long MessagesSent;
    public long BytesReceived;
    public long BytesSent;
}
