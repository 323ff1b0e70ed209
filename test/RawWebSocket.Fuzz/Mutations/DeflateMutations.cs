using System.IO.Compression;
using RawWebSocket.Compression;
using RawWebSocket.Fuzz.Engine;
using RawWebSocket.Fuzz.Targets;
using RawWebSocket.Tests.Compression;

namespace RawWebSocket.Fuzz.Mutations;

/// <summary>
/// Changes to messages, compressed or to be compressed: what comes out is mostly valid, since anything else dies at once.
/// </summary>
internal static class DeflateMutations
{
    private const int MostCopies = 12;
    private const int LongestConversation = 8;
    private const int LongestText = 600;

    private static readonly byte[][] Ends =
        [[0x00], [0x00, 0x00, 0x00, 0xFF, 0xFF], [0x03, 0x00], [0x01, 0x00, 0x00, 0xFF, 0xFF], [0x02, 0x00], [0x00, 0x00]];

    public static byte[] Mutate(byte[] input, byte[] other, Random random)
    {
        if (DeflateInput.TryParse(input) is not { } parsed || DeflateInput.TryParse(other) is not { } second)
        {
            return New(random).ToBytes();
        }

        var messages = new List<DeflateMessage>(parsed.Messages);
        var (first, setting) = random.Next(8) switch
        {
            0 => ((byte)random.Next(256), parsed.Second),
            1 => (parsed.First, (byte)random.Next(256)),
            2 => ((byte)(parsed.First ^ (1 << random.Next(8))), parsed.Second),
            _ => (parsed.First, parsed.Second),
        };
        switch (random.Next(12))
        {
            case 0:
                return New(random).ToBytes();
            case 1:
                messages =
                [
                    .. messages.Take(random.Next(messages.Count + 1)),
                    .. second.Messages.Skip(random.Next(second.Messages.Count + 1)),
                ];
                break;
            case 2:
                var conversation = Conversation(parsed, random);
                messages.InsertRange(random.OneIn(2) ? 0 : messages.Count, conversation);
                break;
            case 3:
                messages.InsertRange(random.Next(messages.Count + 1), Enumerable.Repeat(One(random), 1 + random.Next(MostCopies)));
                break;
            case 4 when messages.Count > 0:
                var copied = messages[random.Next(messages.Count)];
                messages.InsertRange(random.Next(messages.Count + 1), Enumerable.Repeat(copied, 1 + random.Next(MostCopies)));
                break;
            case 5 when messages.Count > 0:
                messages.RemoveAt(random.Next(messages.Count));
                break;
            case 6 when random.OneIn(4):
                return ByteMutations.Mutate(input, other, random);
            default:
                MutateOne(messages, second.Messages, random);
                break;
        }

        return new DeflateInput(first, setting, messages).ToBytes();
    }

    private static void MutateOne(List<DeflateMessage> messages, List<DeflateMessage> others, Random random)
    {
        if (messages.Count == 0)
        {
            messages.Add(One(random));
            return;
        }

        var at = random.Next(messages.Count);
        var (action, payload) = messages[at];
        var other = others.Count == 0 ? [] : others[random.Next(others.Count)].Payload;
        messages[at] = random.Next(8) switch
        {
            0 => new(action, [.. payload, .. random.OneOf<byte[]>(Ends)]),
            1 => new(action, [.. payload, .. Blocks(random)]),
            2 => new(action, [.. payload, .. random.OneOf<byte[]>(Ends), .. other]),
            3 => new(action, [.. Stream(random), .. payload]),
            4 => new(action, payload[..random.Next(payload.Length + 1)]),
            5 => new(action, ByteMutations.Mutate(payload, other, random)),
            _ => new((byte)random.Next(256), payload),
        };
    }

    private static DeflateInput New(Random random)
    {
        var settings = new DeflateInput((byte)random.Next(256), (byte)random.Next(256), []);
        settings.Messages.AddRange(Conversation(settings, random));
        return settings;
    }

    // Of one peer, that has a compressor and keeps its context or does not.
    private static List<DeflateMessage> Conversation(DeflateInput settings, Random random)
    {
        var messages = new List<DeflateMessage>();
        using var deflater = new Deflater(settings.Settings);
        for (var count = 1 + random.Next(LongestConversation); count > 0; count--)
        {
            var payload = SampleText.Words(random.Next(LongestText), random);
            if (!settings.IsRoundTrip)
            {
                using var compressed = new CompressedPayload();
                var context = settings.NoContextTakeover ? ContextAfter.Forgotten : ContextAfter.Kept;
                deflater.Deflate(new(payload), isFinal: true, context, compressed);
                payload = [.. compressed.Span];
            }

            messages.Add(new((byte)random.Next(256), payload));
        }

        return messages;
    }

    private static DeflateMessage One(Random random) => new(
        (byte)random.Next(256),
        random.Next(6) switch
        {
            0 => [],
            1 => random.Bytes(random.Next(20)),
            2 => SampleText.Words(random.Next(LongestText), random),
            3 => Stream(random),
            _ => Blocks(random),
        });

    // What the base library makes of a text: a stream that ends.
    private static byte[] Stream(Random random)
    {
        var output = new MemoryStream();
        using (var deflate = new DeflateStream(output, random.OneOf(CompressionLevel.Optimal, CompressionLevel.Fastest), leaveOpen: true))
        {
            deflate.Write(SampleText.Words(random.Next(LongestText), random));
        }

        return output.ToArray();
    }

    private static byte[] Blocks(Random random)
    {
        var blocks = new DeflateBlocks();
        for (var count = random.Next(4); count > 0; count--)
        {
            var isFinal = random.OneIn(3);
            if (random.OneIn(3))
            {
                blocks.WriteStored(random.Bytes(random.Next(12)), isFinal);
            }
            else
            {
                blocks.WriteFixed(random.Next(20), isFinal, random);
            }
        }

        if (!random.OneIn(8))
        {
            blocks.WriteEnd();
        }

        return blocks.ToBytes();
    }
}
