using System.Diagnostics;
using System.Net.Sockets;
using System.Text.Json;
using RawWebSocket.Abuse.Clients;
using RawWebSocket.Abuse.Server;

namespace RawWebSocket.Abuse.Scenarios;

/// <summary>What the attacking process works with: connections to the server, a count of what became of them, an end in time.</summary>
internal sealed class Attack : IDisposable
{
    public const string HoldingLine = "holding";
    public const string GoCommand = "go";
    public const string ReleaseCommand = "release";

    // As fast as the server answers, but not all in its queue at the same moment: that would test the queue.
    private const int OpeningAtOnce = 64;

    private readonly SemaphoreSlim _opening = new(OpeningAtOnce);
    private readonly CancellationTokenSource _end = new();
    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TallyBook _counts = new();
    private readonly int _port;
    private int _inPosition;

    /// <summary>Prepares to attack and waits for the command to: a process that starts takes its part of the processors too.</summary>
    /// <param name="port">The server's.</param>
    /// <param name="limit">After what time it is over.</param>
    public Attack(int port, TimeSpan limit)
    {
        _port = port;
        if (Console.ReadLine() != GoCommand)
        {
            Die();
        }

        _end.CancelAfter(limit);
        new Thread(ReadInput) { IsBackground = true, Name = "input" }.Start();
    }

    /// <summary>When it was long enough.</summary>
    public CancellationToken End => _end.Token;

    /// <summary>Completes when the report has seen enough of the position that the attackers hold.</summary>
    public Task Released => _released.Task.WaitAsync(End);

    /// <summary>Whether the report has seen enough.</summary>
    public bool IsReleased => _released.Task.IsCompleted;

    public void Count(string what, long count = 1) => _counts.Add(what, count);

    public void Count(string who, Ending ending) => _counts.Add($"{who}: {ending}");

    /// <summary>Connects; the opening handshake is up to the caller.</summary>
    public Task<RawClient> ConnectAsync(int? receiveBuffer = null) => RawClient.ConnectAsync(_port, receiveBuffer, End);

    /// <summary>Connects and opens a WebSocket; null, and counted, when that is refused.</summary>
    public async Task<RawClient?> OpenAsync(string path, int? receiveBuffer = null, string headers = "")
    {
        await _opening.WaitAsync(End);
        try
        {
            var client = await ConnectAsync(receiveBuffer);
            var status = await client.UpgradeAsync(path, End, headers);
            if (status == 101)
            {
                return client;
            }

            client.Dispose();
            Count(status == 0 ? "cut before the answer" : $"refused with {status}");
            return null;
        }
        finally
        {
            _opening.Release();
        }
    }

    /// <summary>Runs so many attackers at once, each with its number.</summary>
    public async Task CrowdAsync(int count, Func<int, Task> attacker) =>
        await Task.WhenAll(Enumerable.Range(0, count).Select(number => Task.Run(() => UntilEndAsync(number, attacker))));

    /// <summary>Runs so many attackers at once, each again and again until the end.</summary>
    public Task StormAsync(int count, Func<int, Task> attacker) => CrowdAsync(count, async number =>
    {
        while (!End.IsCancellationRequested)
        {
            await attacker(number);
        }
    });

    /// <summary>Takes up a position; with the last of so many, everyone holds it.</summary>
    public void TakePosition(int outOf)
    {
        if (Interlocked.Increment(ref _inPosition) == outOf)
        {
            Console.WriteLine(HoldingLine);
        }
    }

    /// <summary>Reads until the end, and counts it.</summary>
    public async Task SitOutAsync(RawClient client, string who, Manners manners) =>
        Count(who, await client.ReadToEndAsync(manners, End));

    /// <summary>Sends the same bytes as fast as they are taken, until the connection ends; reads meanwhile.</summary>
    public async Task FloodAsync(RawClient client, string who, ReadOnlyMemory<byte> burst)
    {
        var reading = client.ReadToEndAsync(Manners.None, End);
        try
        {
            while (!reading.IsCompleted && await client.SendAsync(burst, End))
            {
                Count($"bursts of {who}");
            }
        }
        catch (OperationCanceledException)
        {
            // It was long enough, and the reader says what came of it.
        }

        Count(who, await reading);
    }

    public void WriteCounts() => Console.WriteLine(JsonSerializer.Serialize(_counts.ToDictionary()));

    public void Dispose()
    {
        _end.Dispose();
        _opening.Dispose();
    }

    private async Task UntilEndAsync(int number, Func<int, Task> attacker)
    {
        try
        {
            await attacker(number);
        }
        catch (OperationCanceledException)
        {
            Count("interrupted by the end of the attack");
        }
        catch (SocketException exception)
        {
            Count($"not connected: {exception.SocketErrorCode}");
        }
    }

    // The end of the input is the end of whoever started this process.
    private void ReadInput()
    {
        while (Console.ReadLine() is { } line)
        {
            if (line == ReleaseCommand)
            {
                _released.TrySetResult();
            }
        }

        Die();
    }

    private static void Die() => Process.GetCurrentProcess().Kill();
}
