namespace RawWebSocket.Abuse.Server;

/// <summary>How the server's connections ended.</summary>
internal sealed class ClosureLog
{
    private readonly TallyBook _closures = new();

    /// <summary>The code, and the limit or else the side that ended it; and what was thrown, which no client should achieve.</summary>
    public void Add(WebSocketClosure closure)
    {
        var cause = closure.Limit is { } limit ? $"for {limit}" : $"by {closure.By}";
        var thrown = closure.Exception is { } exception ? $" with {exception.GetType().Name}" : "";
        _closures.Add($"{(int)closure.Code} {cause}{thrown}");
    }

    public Dictionary<string, long> ToDictionary() => _closures.ToDictionary();
}
