using BenchmarkDotNet.Attributes;
using RawWebSocket.Benchmarks.Loading;
using RawWebSocket.Protocol;

namespace RawWebSocket.Benchmarks.Micro;

/// <summary>Reading a client's header with all its checks, and writing a server's.</summary>
public class FrameHeaderBenchmarks
{
    private readonly byte[] _written = new byte[FrameHeader.MaxWrittenSize];
    private byte[] _frame = [];

    [Params(64, 126, 64 * 1024)]
    public int PayloadLength { get; set; }

    [GlobalSetup]
    public void SetUp() => _frame = new ClientFrames(new LoadPlan { Size = PayloadLength }).Bytes;

    [Benchmark]
    public int Read() => FrameHeader.TryRead(_frame, out var header, out _) ? header.Size : 0;

    [Benchmark]
    public int Write() => FrameHeader.Write(_written, Opcode.Binary, isFinal: true, PayloadLength);
}
