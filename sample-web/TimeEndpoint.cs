using System.Globalization;
using RawWebSocket;

namespace SampleWeb;

/// <summary>Pushes the time in UTC, as ISO 8601 text: at once, then every second until the client leaves.</summary>
internal static class TimeEndpoint
{
    public static async Task RunAsync(WebSocketConnection connection)
    {
        // Whatever the client says, only its leaving matters.
        connection.DiscardMessages();

        var clock = connection.Services.GetRequiredService<TimeProvider>();
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1), clock);

        // A disposed timer ends the loop below quietly: the client's leaving is no error.
        using var leaving = connection.Closed.Register(timer.Dispose);

        do
        {
            var now = clock.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
            await connection.SendTextAsync(now);
        }
        while (await timer.WaitForNextTickAsync());
    }
}
