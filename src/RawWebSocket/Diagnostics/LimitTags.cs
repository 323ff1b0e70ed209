using System.Diagnostics;

namespace RawWebSocket.Diagnostics;

internal static class LimitTags
{
    /// <summary>The limit as it stands in metrics and logs. Dashboards depend on these texts: renaming a member keeps its text.</summary>
    public static string Tag(this WebSocketLimit limit) => limit switch
    {
        WebSocketLimit.MessageSize => "message_size",
        WebSocketLimit.CompressionRatio => "compression_ratio",
        WebSocketLimit.Fragments => "fragments",
        WebSocketLimit.MessageTime => "message_time",
        WebSocketLimit.ControlFrameRate => "control_frame_rate",
        WebSocketLimit.MessageRate => "message_rate",
        WebSocketLimit.ByteRate => "byte_rate",
        WebSocketLimit.QueuedBytes => "queued_bytes",
        WebSocketLimit.SendTime => "send_time",
        WebSocketLimit.KeepAlive => "keep_alive",
        WebSocketLimit.CloseTime => "close_time",
        WebSocketLimit.IdleTime => "idle_time",
        WebSocketLimit.Lifetime => "lifetime",
        WebSocketLimit.Authentication => "authentication",
        WebSocketLimit.Memory => "memory",
        WebSocketLimit.Shutdown => "shutdown",
        _ => throw new UnreachableException($"The limit {limit} has no tag."),
    };

    /// <summary>The closer as it stands in metrics and logs.</summary>
    public static string Tag(this ClosedBy by) => by switch
    {
        ClosedBy.Peer => "peer",
        ClosedBy.Server => "server",
        ClosedBy.Transport => "transport",
        _ => throw new UnreachableException($"The closer {by} has no tag."),
    };
}
