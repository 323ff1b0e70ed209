using System.Diagnostics;

namespace RawWebSocket.Handshake;

/// <summary>Why an opening handshake was refused (RFC 6455 section 4.2). Few values, so it serves as a metric tag.</summary>
internal enum RefusalReason
{
    HttpVersion,
    Method,
    Host,
    NotAnUpgrade,
    ConnectionHeader,
    WebSocketVersion,
    Key,
    Body,
    Extensions,
    Origin,
    SubprotocolMalformed,
    SubprotocolMissing,

    /// <summary>The host is shutting down (503).</summary>
    Stopping,

    /// <summary>The server cannot hand over this request's connection (500, or 503 when it might later).</summary>
    UpgradeUnavailable,

    /// <summary>As many connections are open as may be (503).</summary>
    Limit,
}

internal static class RefusalReasonTags
{
    /// <summary>The reason as it stands in metrics and logs. Dashboards depend on these texts: renaming a member keeps its text.</summary>
    public static string Tag(this RefusalReason reason) => reason switch
    {
        RefusalReason.HttpVersion => "http_version",
        RefusalReason.Method => "method",
        RefusalReason.Host => "host",
        RefusalReason.NotAnUpgrade => "not_an_upgrade",
        RefusalReason.ConnectionHeader => "connection_header",
        RefusalReason.WebSocketVersion => "websocket_version",
        RefusalReason.Key => "key",
        RefusalReason.Body => "body",
        RefusalReason.Extensions => "extensions",
        RefusalReason.Origin => "origin",
        RefusalReason.SubprotocolMalformed => "subprotocol_malformed",
        RefusalReason.SubprotocolMissing => "subprotocol_missing",
        RefusalReason.Stopping => "stopping",
        RefusalReason.UpgradeUnavailable => "upgrade_unavailable",
        RefusalReason.Limit => "limit",
        _ => throw new UnreachableException($"The refusal reason {reason} has no tag."),
    };
}
