using System.Text;
using System.Text.Json;

namespace RawWebSocket.Benchmarks.Loading;

/// <summary>The messages' payloads, all of one length: always the same for the same kind and length.</summary>
internal static class Payloads
{
    // Two, three and four bytes a character, and a little ASCII between, as in a chat in many languages.
    private const string Phrase = "Привет, как дела? 你好世界，今天天气很好。 こんにちは 🙂🚀 Ελληνικά: «καλημέρα» 안녕하세요 ";

    // Together more than the largest window, so that no message finds itself there.
    private const int SeriesSize = 128 * 1024;
    private const int ShortestSeries = 64;

    public static IReadOnlyList<byte[]> Make(PayloadKind kind, int size) => kind switch
    {
        PayloadKind.Text => [Text(size)],
        PayloadKind.Json => [Json(size, size)],
        PayloadKind.JsonSeries =>
            [.. Enumerable.Range(0, Math.Max(ShortestSeries, SeriesSize / size)).Select(index => Json(size, size + index))],
        _ => [Binary(size)],
    };

    private static byte[] Binary(int size)
    {
        var bytes = new byte[size];
        new Random(size).NextBytes(bytes);
        return bytes;
    }

    private static byte[] Text(int size)
    {
        var text = new StringBuilder();
        var bytes = 0;
        foreach (var rune in Enumerable.Repeat(Phrase, (size / Phrase.Length) + 1).SelectMany(phrase => phrase.EnumerateRunes()))
        {
            if (bytes + rune.Utf8SequenceLength > size)
            {
                break;
            }

            bytes += rune.Utf8SequenceLength;
            text.Append(rune.ToString());
        }

        return Encoding.UTF8.GetBytes(text.Append('.', size - bytes).ToString());
    }

    private static byte[] Json(int size, int seed)
    {
        var random = new Random(seed);
        var orders = new List<object>();
        byte[] bytes;
        do
        {
            orders.Add(Order(random, orders.Count));
            bytes = JsonSerializer.SerializeToUtf8Bytes(new { type = "orders", sequence = 48_151, orders });
        }
        while (bytes.Length < size);

        // Cut to length, so that it is JSON no longer; nobody here reads it.
        return bytes[..size];
    }

    private static object Order(Random random, int index) => new
    {
        id = 731_000 + (index * 7),
        customer = new[] { "Ada Lovelace", "Grace Hopper", "Alan Turing", "Edsger Dijkstra" }[random.Next(4)],
        status = new[] { "accepted", "shipped", "delivered" }[random.Next(3)],
        total = random.Next(100, 99_999) / 100.0,
        currency = "EUR",
        createdAt = new DateTime(2026, 1, 1, 8, 0, 0, DateTimeKind.Utc).AddSeconds(random.Next(1_000_000)),
        sku = $"A-{random.Next(10_000):0000}",
        quantity = random.Next(1, 9),
        price = random.Next(100, 9_999) / 100.0,
    };
}
