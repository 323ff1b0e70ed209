using System.Globalization;

namespace RawWebSocket.Conformance.Tests;

/// <summary>The application over loopback TCP. The kernel may join writes again, so the certainty about splits comes from memory.</summary>
public sealed class KestrelServer : ConformanceServer
{
    private const int ShortEnoughForBytes = 320;

    public KestrelServer()
    {
        UseKestrel(0);
        StartServer();
    }

    internal override IEnumerable<Delivery> DeliveriesOf(byte[] bytes)
    {
        yield return new Delivery("in one write", "", socket => socket.SendRawAsync(bytes));
        if (bytes.Length <= ShortEnoughForBytes)
        {
            yield return new Delivery("byte by byte", "", socket => socket.SendByteByByteAsync(bytes));
        }

        foreach (var cut in CutsOf(bytes.Length).Intersect([1, 2, bytes.Length / 2, bytes.Length - 1]))
        {
            yield return new Delivery(string.Create(CultureInfo.InvariantCulture, $"cut in two after byte {cut}"), "", async socket =>
            {
                await socket.SendRawAsync(bytes.AsSpan(0, cut));
                await socket.SendRawAsync(bytes.AsSpan(cut));
            });
        }
    }
}
