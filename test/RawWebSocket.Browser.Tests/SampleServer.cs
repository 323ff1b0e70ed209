using Microsoft.AspNetCore.Mvc.Testing;

namespace RawWebSocket.Browser.Tests;

/// <summary>sample-web on a real loopback port. A second one may take the place of the first, on the same port.</summary>
public sealed class SampleServer : IAsyncDisposable
{
    private readonly WebApplicationFactory<Program> _factory = new();

    private SampleServer(int port)
    {
        _factory.UseKestrel(port);
        _factory.StartServer();
    }

    public Uri Address => _factory.ClientOptions.BaseAddress;

    public static SampleServer Start(int port = 0) => new(port);

    public ValueTask DisposeAsync() => _factory.DisposeAsync();
}
