namespace RawWebSocket.Abuse.Server;

/// <summary>How the server's connections ended.</summary>
internal sealed class ClosureLog
{
    private readonly TallyBook _closures = new();

    public void Add(WebSocketClosure closure) =>
        _closures.Add($"{(int)closure.Code} by {closure.By}");

    public Dictionary<string, long> ToDictionary() => _closures.ToDictionary();
}
