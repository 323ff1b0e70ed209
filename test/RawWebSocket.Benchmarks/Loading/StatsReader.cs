using System.Text.Json;
using RawWebSocket.Benchmarks.Serving;

namespace RawWebSocket.Benchmarks.Loading;

/// <summary>Asks a server what it has used so far. Waits for the answer: nothing is sent meanwhile.</summary>
internal sealed class StatsReader(int port) : IDisposable
{
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

    private HttpResponseMessage Get(string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"http://127.0.0.1:{port}{path}");
        return _client.Send(request).EnsureSuccessStatusCode();
    }

    public void Dispose() => _client.Dispose();
}
