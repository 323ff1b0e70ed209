using BenchmarkDotNet.Attributes;
using RawWebSocket.Protocol;

namespace RawWebSocket.Benchmarks.Micro;

/// <summary>Unmasking in place, against the copy that it saves and against the loop that anybody would write.</summary>
public class MaskingBenchmarks
{
    private const uint Key = 0x9E17C35A;

    private byte[] _payload = [];
    private byte[] _copy = [];

    [Params(7, 15, 64, 1024, 16 * 1024, 1024 * 1024)]
    public int Size { get; set; }

    [GlobalSetup]
    public void SetUp()
    {
        _payload = new byte[Size];
        _copy = new byte[Size];
        new Random(1).NextBytes(_payload);
    }

    [Benchmark(Baseline = true)]
    public void Copy() => _payload.AsSpan().CopyTo(_copy);

    [Benchmark]
    public uint Unmask() => Masking.Apply(_payload, Key);

    [Benchmark]
    public void PlainLoop()
    {
        var payload = _payload;
        for (var i = 0; i < payload.Length; i++)
        {
            payload[i] ^= (byte)(Key >> (8 * (i & 3)));
        }
    }
}
