namespace RawWebSocket.Connections.Sending;

/// <summary>Why a post was not sent, as it stands in the metrics.</summary>
internal static class DropReason
{
    public const string Newest = "newest";
    public const string Oldest = "oldest";
    public const string Replaced = "replaced";
}
