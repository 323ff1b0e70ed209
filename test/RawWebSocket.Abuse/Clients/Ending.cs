namespace RawWebSocket.Abuse.Clients;

/// <summary>How a connection ended, seen from the client.</summary>
/// <param name="CloseCode">The server's close code, if a close frame came.</param>
/// <param name="TransportEnded">Whether TCP ended too, by FIN or RST.</param>
internal readonly record struct Ending(int? CloseCode, bool TransportEnded)
{
    public override string ToString() => (CloseCode, TransportEnded) switch
    {
        ({ } code, true) => $"close {code}",
        ({ } code, false) => $"close {code}, TCP left open",
        (null, true) => "cut",
        (null, false) => "still open",
    };
}
