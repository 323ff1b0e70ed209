using System.Globalization;

namespace RawWebSocket.Conformance.Tests;

/// <summary>The application in memory. Here the server's reads are cut, so that it meets every split for certain.</summary>
public sealed class MemoryServer : ConformanceServer
{
    private const int ShortEnoughForBytes = 4096;

    internal override IEnumerable<Delivery> DeliveriesOf(byte[] bytes)
    {
        yield return new Delivery("in one read", "", socket => socket.SendRawAsync(bytes));
        if (bytes.Length <= ShortEnoughForBytes)
        {
            yield return Cut("byte by byte", CutReads.AfterEveryByte);
        }

        foreach (var cut in CutsOf(bytes.Length))
        {
            yield return Cut(string.Create(CultureInfo.InvariantCulture, $"cut in two after byte {cut}"), cut);
        }

        Delivery Cut(string words, int cut) => new(words, CutReads.Query(cut), socket => socket.SendRawAsync(bytes));
    }
}
