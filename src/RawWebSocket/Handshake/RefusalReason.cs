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

    /// <summary><see cref="RawWebSocketOptions.MaxHandshakeHeaderBytes"/> (431).</summary>
    HeaderBytes,

    /// <summary><see cref="RawWebSocketOptions.MaxHandshakeOffers"/>, of subprotocols (400).</summary>
    SubprotocolOffers,

    /// <summary><see cref="RawWebSocketOptions.MaxHandshakeOffers"/>, of extensions (400).</summary>
    ExtensionOffers,

    /// <summary><see cref="RawWebSocketOptions.HandshakeTimeout"/>; the answer could not be sent, so there is none.</summary>
    HandshakeTime,

    /// <summary>The host is shutting down (503).</summary>
    Stopping,

    /// <summary>The server cannot hand over this request's connection (501).</summary>
    UpgradeUnavailable,

    /// <summary><see cref="RawWebSocketServerOptions.MaxConnections"/> (503).</summary>
    Connections,

    /// <summary><see cref="RawWebSocketServerOptions.MaxConnectionsPerAddress"/> (429).</summary>
    ConnectionsPerAddress,

    /// <summary><see cref="RawWebSocketServerOptions.MaxConnectionsPerUser"/> (429).</summary>
    ConnectionsPerUser,

    /// <summary>The server's own limit, Kestrel's <c>MaxConcurrentUpgradedConnections</c> (503).</summary>
    UpgradedConnections,

    /// <summary><see cref="RawWebSocketServerOptions.MaxMemoryLoad"/> (503).</summary>
    Memory,
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
        RefusalReason.HeaderBytes => "header_bytes",
        RefusalReason.SubprotocolOffers => "subprotocol_offers",
        RefusalReason.ExtensionOffers => "extension_offers",
        RefusalReason.HandshakeTime => "handshake_time",
        RefusalReason.Connections => "connections",
        RefusalReason.ConnectionsPerAddress => "connections_per_address",
        RefusalReason.ConnectionsPerUser => "connections_per_user",
        RefusalReason.UpgradedConnections => "upgraded_connections",
        RefusalReason.Memory => "memory",
        _ => throw new UnreachableException($"The refusal reason {reason} has no tag."),
    };
}
