namespace RawWebSocket.Connections;

/// <summary>
/// What a connection has carried. Received is counted by the receive loop's thread, sent by whoever may use the send queue's output.
/// </summary>
internal struct Traffic
{
    public long MessagesReceived;
    public long MessagesSent;
    public long BytesReceived;
    public long BytesSent;

    /// <summary>Fragments handed over that did not end their message: a long message is life before it is whole.</summary>
    public uint PartsReceived;

    /// <summary>Fragments sent that did not end their message.</summary>
    public uint PartsSent;

    /// <summary>Changes whenever data is carried. Pings and pongs are not.</summary>
    public readonly long Messages => MessagesReceived + MessagesSent + PartsReceived + PartsSent;
}
