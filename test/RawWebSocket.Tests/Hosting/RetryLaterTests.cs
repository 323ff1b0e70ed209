using System.Globalization;
using RawWebSocket.Handshake;
using RawWebSocket.Hosting;

namespace RawWebSocket.Tests.Hosting;

public class RetryLaterTests
{
    [Theory]
    [InlineData(nameof(RefusalReason.Stopping), 503, "The server is shutting down.")]
    [InlineData(nameof(RefusalReason.Connections), 503, "The server has as many connections as it allows, 7 (MaxConnections).")]
    [InlineData(
        nameof(RefusalReason.UpgradedConnections),
        503,
        "The server has as many upgraded connections as it allows (MaxConcurrentUpgradedConnections).")]
    [InlineData(nameof(RefusalReason.Memory), 503, "The server is short of memory (MaxMemoryLoad).")]
    [InlineData(
        nameof(RefusalReason.ConnectionsPerAddress),
        429,
        "This address has as many connections as one may have, 8 (MaxConnectionsPerAddress).")]
    [InlineData(
        nameof(RefusalReason.ConnectionsPerUser), 429, "This user has as many connections as one may have, 9 (MaxConnectionsPerUser).")]
    public void Each_reason_has_its_status_and_words_that_name_the_limit(string reason, int status, string message)
    {
        var later = new RetryLater(new() { MaxConnections = 7, MaxConnectionsPerAddress = 8, MaxConnectionsPerUser = 9 });
        var refused = later.For(Enum.Parse<RefusalReason>(reason));
        refused.Reason.ToString().ShouldBe(reason);
        refused.StatusCode.ShouldBe(status);
        refused.Message.ShouldBe(message);
    }

    [Theory]
    [InlineData(10_000, 10, 15)]
    [InlineData(9_001, 10, 15)]
    [InlineData(1_000, 1, 1)]
    [InlineData(86_400_000, 86_400, 129_600)]
    public void The_wait_is_in_whole_seconds_and_spread_over_half_as_much_again(int milliseconds, int least, int most)
    {
        var later = new RetryLater(new() { RetryAfter = TimeSpan.FromMilliseconds(milliseconds) });
        var waits = new HashSet<int>();
        for (var i = 0; i < 1000; i++)
        {
            var header = later.For(RefusalReason.Connections).Headers.ShouldHaveSingleItem();
            header.Key.ShouldBe("Retry-After");
            waits.Add(int.Parse(header.Value, NumberStyles.None, CultureInfo.InvariantCulture));
        }

        waits.ShouldAllBe(wait => wait >= least && wait <= most);

        // Of six values, a thousand draws miss one no more often than once in 10^78.
        waits.Count.ShouldBeGreaterThanOrEqualTo(Math.Min(6, most - least + 1));
    }
}
