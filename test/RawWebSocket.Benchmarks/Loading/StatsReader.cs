using System.Text.Json;
using RawWebSocket.Benchmarks.Serving;

namespace RawWebSocket.Benchmarks.Loading;

/// <summary>Asks a server what it has used so far. Waits for the answer: nothing is sent meanwhile.</summary>
internal sealed class StatsReader(int port) : IDisposable
{
    // A server that has compiled no more than this between two looks has come to rest, but not before the second; one that never does is
    // not waited for longer.
    private const int CompiledAtRest = 30;
    private const int MostLooks = 5;
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromSeconds(0.35);

    private readonly HttpClient _client = new() { Timeout = TimeSpan.FromSeconds(10) };

    public ServerStats Read()
    {
        using var response = Get("/stats");
        using var content = response.Content.ReadAsStream();
        return JsonSerializer.Deserialize(content, ServerStatsJson.Default.ServerStats)!;
    }

    /// <summary>Makes the server collect its garbage, so that it does not count for what comes next.</summary>
    public void Collect() => Get(BenchmarkServer.CollectPath).Dispose();

    /// <summary>Makes the server give the memory of its garbage back as well, so that nothing that comes next finds room there.</summary>
    public void GiveBack() => Get(BenchmarkServer.GiveBackPath).Dispose();

    /// <summary>Waits until the server has done what it does after its answers.</summary>
    public void AwaitRest()
    {
        // Nothing tells when it has, or has put the ended connections away. What takes longest is to compile what has been found to be hot,
        // which needs memory of its own meanwhile.
        var (before, now) = (0L, 0L);
        for (var look = 0; look < MostLooks && (look < 2 || now - before > CompiledAtRest); look++)
        {
            // The server is another process, in which nothing can be waited for.
            Thread.Sleep(BetweenLooks);
            (before, now) = (now, Read().Compilations);
        }
    }

    private HttpResponseMessage Get(string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"http://127.0.0.1:{port}{path}");
        return _client.Send(request).EnsureSuccessStatusCode();
    }

    public void Dispose() => _client.Dispose();
}
