using System.Text;
using RawWebSocket.Fuzz.Engine;

namespace RawWebSocket.Fuzz.Mutations;

/// <summary>Changes to an opening handshake in text: its lines, and what stands in them.</summary>
internal static class HeaderMutations
{
    private const int MaxLines = 60;

    public static byte[] Mutate(byte[] input, byte[] other, Random random)
    {
        if (random.OneIn(8))
        {
            return ByteMutations.Mutate(input, other, random);
        }

        // Faults pile up in a corpus, and behind the first of them nothing is looked at: so now and then from a right one.
        var lines = random.OneIn(3) ? Right(random) : [.. Encoding.UTF8.GetString(input).Split('\n')];
        for (var count = 1 + random.Next(3); count > 0; count--)
        {
            MutateOnce(lines, other, random);
        }

        return Encoding.UTF8.GetBytes(string.Join('\n', lines.Take(MaxLines)));
    }

    // The sample of section 1.3, with something that is not needed in it.
    private static List<string> Right(Random random)
    {
        List<string> lines =
        [
            $"GET {random.OneOf("http", "https")} HTTP/1.1 {random.OneOf<string>(HeaderValues.WishesThatRefuseNobody)},chat,origins",
            "Host: server.example.com",
            "Upgrade: websocket",
            "Connection: Upgrade",
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
            "Sec-WebSocket-Version: 13",
        ];
        var (name, values) = random.OneOf<(string Name, string[] Values)>(HeaderValues.Optional);
        lines.Add($"{name}: {random.OneOf<string>(values)}");
        return lines;
    }

    private static void MutateOnce(List<string> lines, byte[] other, Random random)
    {
        var at = random.Next(lines.Count);
        switch (random.Next(8))
        {
            case 0 when at > 0:
                lines.RemoveAt(at);
                break;
            case 1:
                lines.Insert(at + 1, lines[at]);
                break;
            case 2:
                lines.Insert(at + 1, random.OneOf(Encoding.UTF8.GetString(other).Split('\n')));
                break;
            case 3:
                lines[0] = FirstLine(lines[0], random);
                break;
            case 4 or 5:
                SetHeader(lines, random);
                break;
            default:
                lines[at] = Scribble(lines[at], random);
                break;
        }
    }

    private static string FirstLine(string line, Random random)
    {
        var words = line.Split(' ').Concat(Enumerable.Repeat("", 4)).Take(4).ToArray();
        var at = random.Next(words.Length);
        words[at] = at == 3 && !random.OneIn(3)
            ? $"{words[at]},{random.OneOf<string>(HeaderValues.Wishes)}"
            : random.OneOf<string>(HeaderValues.FirstLineWords[at]);
        return string.Join(' ', words);
    }

    // The value of a header that is there is replaced, or one more line of it added.
    private static void SetHeader(List<string> lines, Random random)
    {
        var (name, values) = random.OneOf<(string Name, string[] Values)>(HeaderValues.ByHeader);
        var value = random.OneOf<string>(random.OneIn(6) ? HeaderValues.Anywhere : values);
        if (random.OneIn(4))
        {
            value = $"{value}{random.OneOf(",", ", ", ";", " ", "\t,")}{random.OneOf<string>(values)}";
        }

        var at = lines.FindIndex(line => line.StartsWith($"{name}:", StringComparison.OrdinalIgnoreCase));
        if (at < 0 || random.OneIn(6))
        {
            lines.Add($"{name}: {value}");
        }
        else
        {
            lines[at] = $"{name}: {value}";
        }
    }

    private static string Scribble(string line, Random random)
    {
        var at = random.Next(line.Length + 1);
        var end = Math.Min(line.Length, at + random.Next(4));
        var text = random.Next(4) switch
        {
            0 => "",
            1 => random.OneOf<string>(HeaderValues.Anywhere),
            2 => ((char)random.Next(1, 127)).ToString(),
            _ => line[at..end] + line[at..end],
        };
        return string.Concat(line.AsSpan(0, at), text, line.AsSpan(end)).Replace('\n', ' ');
    }
}
