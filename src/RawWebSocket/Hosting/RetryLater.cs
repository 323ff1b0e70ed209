using System.Diagnostics;
using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using RawWebSocket.Handshake;

namespace RawWebSocket.Hosting;

/// <summary>What a client is told that might be let in at another time: 503 or 429, and how long to wait.</summary>
internal sealed class RetryLater(RawWebSocketServerOptions options)
{
    public HandshakeVerdict.Refused For(RefusalReason reason)
    {
        var (status, message) = reason switch
        {
            RefusalReason.Stopping => (StatusCodes.Status503ServiceUnavailable, "The server is shutting down."),
            RefusalReason.Connections => (
                StatusCodes.Status503ServiceUnavailable,
                $"The server has as many connections as it allows, {options.MaxConnections} ({nameof(options.MaxConnections)})."),
            RefusalReason.UpgradedConnections => (
                StatusCodes.Status503ServiceUnavailable,
                "The server has as many upgraded connections as it allows (MaxConcurrentUpgradedConnections)."),
            RefusalReason.Memory => (
                StatusCodes.Status503ServiceUnavailable,
                $"The server is short of memory ({nameof(options.MaxMemoryLoad)})."),
            RefusalReason.ConnectionsPerAddress => (
                StatusCodes.Status429TooManyRequests,
                "This address has as many connections as one may have, "
                + $"{options.MaxConnectionsPerAddress} ({nameof(options.MaxConnectionsPerAddress)})."),
            RefusalReason.ConnectionsPerUser => (
                StatusCodes.Status429TooManyRequests,
                "This user has as many connections as one may have, "
                + $"{options.MaxConnectionsPerUser} ({nameof(options.MaxConnectionsPerUser)})."),
            _ => throw new UnreachableException($"Waiting does not help against {reason}."),
        };
        return new(reason, status, message, new KeyValuePair<string, string>(HeaderNames.RetryAfter, Seconds()));
    }

    // Up to half as much again, so that those who were refused together do not come back together.
    private string Seconds()
    {
        var seconds = (int)Math.Ceiling(options.RetryAfter.TotalSeconds);
        return (seconds + Random.Shared.Next((seconds / 2) + 1)).ToString(CultureInfo.InvariantCulture);
    }
}
