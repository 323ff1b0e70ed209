namespace RawWebSocket.Testing;

/// <summary>How the server ended the transport.</summary>
public enum TransportEnd
{
    /// <summary>In order, with a FIN: everything that the server had sent was delivered first.</summary>
    Finished,

    /// <summary>At once, with a RST: what had not been read is lost.</summary>
    Reset,
}
