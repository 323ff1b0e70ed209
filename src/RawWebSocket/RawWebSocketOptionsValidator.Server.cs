using System.Globalization;

namespace RawWebSocket;

/// <content>What all endpoints share.</content>
internal sealed partial class RawWebSocketOptionsValidator
{
    private static void CheckServer(RawWebSocketServerOptions server, List<string> failures)
    {
        var defaults = Defaults.Server;
        AtLeastOrNull(1, "connection", InServer(nameof(server.MaxConnections)), server.MaxConnections, defaults.MaxConnections, failures);
        AtLeastOrNull(
            1,
            "connection",
            InServer(nameof(server.MaxConnectionsPerAddress)),
            server.MaxConnectionsPerAddress,
            defaults.MaxConnectionsPerAddress,
            failures);
        AtLeastOrNull(
            1,
            "connection",
            InServer(nameof(server.MaxConnectionsPerUser)),
            server.MaxConnectionsPerUser,
            defaults.MaxConnectionsPerUser,
            failures);
        AtLeast(1024 * 1024, "bytes", InServer(nameof(server.MemoryBudget)), server.MemoryBudget, defaults.MemoryBudget, failures);
        AtLeast(1024 * 1024, "bytes", InServer(nameof(server.TransportBudget)), server.TransportBudget, defaults.TransportBudget, failures);
        if (server.MaxMemoryLoad is not (> 0 and <= 1))
        {
            failures.Add(Failure(
                InServer(nameof(server.MaxMemoryLoad)),
                server.MaxMemoryLoad.ToString(CultureInfo.InvariantCulture),
                $"set it above 0 and to at most 1 (default {defaults.MaxMemoryLoad.ToString(CultureInfo.InvariantCulture)})"));
        }

        if (server.RetryAfter < TimeSpan.FromSeconds(1) || server.RetryAfter > LongestTime)
        {
            failures.Add(Failure(
                InServer(nameof(server.RetryAfter)),
                Text(server.RetryAfter),
                $"set it to at least one second and at most {Text(LongestTime)} (default {Text(defaults.RetryAfter)})"));
        }

        if (server.ShutdownSpread < TimeSpan.Zero || server.ShutdownSpread > LongestTime)
        {
            failures.Add(Failure(
                InServer(nameof(server.ShutdownSpread)),
                Text(server.ShutdownSpread),
                $"set it to zero or more and at most {Text(LongestTime)} (default {Text(defaults.ShutdownSpread)})"));
        }

        if (server.BlockingTime != Timeout.InfiniteTimeSpan
            && (server.BlockingTime < TimeSpan.FromMilliseconds(1) || server.BlockingTime > TimeSpan.FromMinutes(1)))
        {
            failures.Add(Failure(
                InServer(nameof(server.BlockingTime)),
                Text(server.BlockingTime),
                $"set it to one millisecond to one minute (default {Text(defaults.BlockingTime)}), or to Timeout.InfiniteTimeSpan"));
        }

        if ((int)server.ShutdownCloseStatus is not (1001 or 1012))
        {
            failures.Add(Failure(
                InServer(nameof(server.ShutdownCloseStatus)),
                Text((int)server.ShutdownCloseStatus),
                "set it to 1001, going away (default), or 1012, service restart"));
        }
    }

    /// <summary>What an endpoint would set of the options that all endpoints share, which would go unheard.</summary>
    public static IReadOnlyList<string> ChangesOfServer(RawWebSocketServerOptions endpoint, RawWebSocketServerOptions application)
    {
        var failures = new List<string>();
        Same(nameof(endpoint.MaxConnections), endpoint.MaxConnections, application.MaxConnections, failures);
        Same(nameof(endpoint.MaxConnectionsPerAddress), endpoint.MaxConnectionsPerAddress, application.MaxConnectionsPerAddress, failures);
        Same(nameof(endpoint.CountLoopback), endpoint.CountLoopback, application.CountLoopback, failures);
        Same(nameof(endpoint.MaxConnectionsPerUser), endpoint.MaxConnectionsPerUser, application.MaxConnectionsPerUser, failures);
        Same(nameof(endpoint.RetryAfter), endpoint.RetryAfter, application.RetryAfter, failures);
        Same(nameof(endpoint.MemoryBudget), endpoint.MemoryBudget, application.MemoryBudget, failures);
        Same(nameof(endpoint.TransportBudget), endpoint.TransportBudget, application.TransportBudget, failures);
        Same(nameof(endpoint.FitKestrelBuffers), endpoint.FitKestrelBuffers, application.FitKestrelBuffers, failures);
        Same(nameof(endpoint.MaxMemoryLoad), endpoint.MaxMemoryLoad, application.MaxMemoryLoad, failures);
        Same(nameof(endpoint.ShutdownCloseStatus), endpoint.ShutdownCloseStatus, application.ShutdownCloseStatus, failures);
        Same(nameof(endpoint.BlockingTime), endpoint.BlockingTime, application.BlockingTime, failures);
        Same(nameof(endpoint.ShutdownSpread), endpoint.ShutdownSpread, application.ShutdownSpread, failures);
        return failures;
    }

    private static void Same<T>(string option, T endpoint, T application, List<string> failures)
    {
        if (!EqualityComparer<T>.Default.Equals(endpoint, application))
        {
            failures.Add(Failure(
                InServer(option),
                $"{endpoint?.ToString() ?? "null"} for this endpoint and {application?.ToString() ?? "null"} for the application",
                "all endpoints share it, so set it in AddRawWebSockets only"));
        }
    }

    private static string InServer(string option) => $"{nameof(RawWebSocketOptions.Server)}.{option}";
}
