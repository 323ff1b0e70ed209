using BenchmarkDotNet.Attributes;
using RawWebSocket.Benchmarks.Loading;
using RawWebSocket.Benchmarks.Serving;

namespace RawWebSocket.Benchmarks.Micro;

/// <summary>
/// A connection without a network, RawWebSocket's and the floor's: some messages come with one read, each is echoed, and one flush takes
/// all answers. The time is that of the read, with all that follows from it.
/// </summary>
[MemoryDiagnoser]
public class ReceiveLoopBenchmarks : IDisposable
{
    private InMemoryConnection _connection = null!;
    private byte[] _frames = [];

    [Params(Engine.Raw, Engine.Floor)]
    public Engine Server { get; set; }

    [Params(1, 16)]
    public int Messages { get; set; }

    [Params(64, 1024)]
    public int Size { get; set; }

    [Params(PayloadKind.Binary, PayloadKind.Text)]
    public PayloadKind Kind { get; set; }

    [GlobalSetup]
    public void SetUp()
    {
        _frames = new ClientFrames(new LoadPlan { Size = Size, Payload = Kind, InFlight = Messages }).Bytes;
        _connection = new InMemoryConnection(Server);
    }

    [Benchmark]
    public ValueTask<long> Echo() => _connection.ExchangeAsync(_frames);

    [GlobalCleanup]
    public void Dispose()
    {
        GC.SuppressFinalize(this);
        _connection.Dispose();
    }
}
