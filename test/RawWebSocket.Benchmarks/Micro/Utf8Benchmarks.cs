using System.Text.Unicode;
using BenchmarkDotNet.Attributes;
using RawWebSocket.Benchmarks.Loading;
using RawWebSocket.Protocol;

namespace RawWebSocket.Benchmarks.Micro;

/// <summary>Checking UTF-8 as it arrives, against the runtime's check of the whole.</summary>
public class Utf8Benchmarks
{
    private byte[] _text = [];

    [Params(64, 1024, 64 * 1024)]
    public int Size { get; set; }

    [Params(PayloadKind.Text, PayloadKind.Json)]
    public PayloadKind Kind { get; set; }

    [GlobalSetup]
    public void SetUp() => _text = Payloads.Make(Kind, Size)[0];

    [Benchmark(Baseline = true)]
    public bool Whole() => Utf8.IsValid(_text);

    [Benchmark]
    public bool AsItArrives() => new Utf8Validator().TryAppend(_text);

    /// <summary>In two parts, the border in the middle of wherever it falls.</summary>
    [Benchmark]
    public bool InTwoParts()
    {
        var validator = new Utf8Validator();
        return validator.TryAppend(_text.AsSpan(0, (Size / 2) + 1)) && validator.TryAppend(_text.AsSpan((Size / 2) + 1));
    }
}
