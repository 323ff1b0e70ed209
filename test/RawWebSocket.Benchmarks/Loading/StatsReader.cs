using System.Text.Json;
using RawWebSocket.Benchmarks.Serving;

namespace RawWebSocket.Benchmarks.Loading;

/// <summary>Asks a server what it has used so far. Waits for the answer: nothing is sent meanwhile.</summary>
internal sealed class StatsReader(int port) : IDisposable
{
    private readonly HttpClient _client = new() { Timeout = TimeSpan.FromSeconds(10) };

    public ServerStats Read()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"http://127.0.0.1:{port}/stats");
        using var response = _client.Send(request);
        using var content = response.EnsureSuccessStatusCode().Content.ReadAsStream();
        return JsonSerializer.Deserialize(content, ServerStatsJson.Default.ServerStats)!;
    }

    public void Dispose() => _client.Dispose();
}
