using RawWebSocket.Benchmarks.Comparing;
using RawWebSocket.Benchmarks.Serving;

namespace RawWebSocket.Benchmarks.Running;

/// <summary>
/// The servers of a comparison. Each is started when it is first asked for, and serves row after row as a server in use does.
/// </summary>
internal sealed class Servers(CancellationToken cancellationToken)
{
    private readonly Dictionary<(Contender Contender, DeflateMode Compression), ServerProcess> _running = [];

    public async Task<ServerProcess> GetAsync(Contender contender, DeflateMode compression)
    {
        if (!_running.TryGetValue((contender, compression), out var server))
        {
            server = await StartAsync(contender, compression);
            _running.Add((contender, compression), server);
        }

        return server;
    }

    /// <summary>One more, which has served nothing yet and is the caller's.</summary>
    public Task<ServerProcess> StartAsync(Contender contender, DeflateMode compression) =>
        ServerProcess.StartAsync(contender, compression, cancellationToken);

    /// <summary>Ends one that has failed; a new one is started when it is next asked for.</summary>
    public void Drop(Contender contender, DeflateMode compression)
    {
        if (_running.Remove((contender, compression), out var server))
        {
            server.Dispose();
        }
    }

    /// <summary>Ends them all; others are started when they are next asked for.</summary>
    public void End()
    {
        foreach (var server in _running.Values)
        {
            server.Dispose();
        }

        _running.Clear();
    }
}
