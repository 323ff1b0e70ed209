using RawWebSocket.Fuzz.Engine;

namespace RawWebSocket.Fuzz.Mutations;

/// <summary>Changes to frames: their headers, their payloads, their order and number.</summary>
internal static class FrameMutations
{
    private const byte Ping = 0x89;
    private const byte Pong = 0x8A;
    private const byte Close = 0x88;

    private static readonly ulong[] Claims =
        [0, 125, 126, 127, 65_535, 65_536, int.MaxValue, 1UL << 62, long.MaxValue, 1UL << 63, ulong.MaxValue];

    /// <param name="input">What a client sends.</param>
    /// <param name="other">Another one, to take frames from.</param>
    /// <param name="random">Decides.</param>
    public static byte[] Mutate(ReadOnlySpan<byte> input, ReadOnlySpan<byte> other, Random random)
    {
        var wire = WireFrames.Read(input);
        for (var count = 1 + random.Next(4); count > 0; count--)
        {
            MutateOnce(wire, other, random);
        }

        return wire.ToBytes();
    }

    private static void MutateOnce(WireFrames wire, ReadOnlySpan<byte> other, Random random)
    {
        var frames = wire.All;
        var at = random.Next(frames.Count + 1);
        if (at == frames.Count || random.OneIn(4))
        {
            Insert(wire, at, other, random);
            return;
        }

        switch (random.Next(6))
        {
            case 0:
                ChangeHeader(frames[at] = frames[at].Clone(), random);
                break;
            case 1:
                ChangePayload(frames[at] = frames[at].Clone(), random);
                break;
            case 2:
                Split(frames, at, random);
                break;
            case 3:
                Join(frames, at);
                break;
            case 4:
                frames.RemoveAt(at);
                break;
            default:
                Rearrange(frames, at, random);
                break;
        }
    }

    private static void Insert(WireFrames wire, int at, ReadOnlySpan<byte> other, Random random)
    {
        switch (random.Next(8))
        {
            case 0:
                wire.All.InsertRange(at, WireFrames.Read(other).All.Take(4));
                break;
            case 1:
                wire.Rest = random.OneIn(2) ? [] : random.Bytes(random.Next(14));
                break;
            case 2:
                wire.All.Insert(at, WireFrame.Of(Close, Payloads.Close(random)));
                break;
            case 3:
                // Many at once, as in a flood.
                wire.All.InsertRange(at, Enumerable.Repeat(Any(random), 2 + random.Next(20)));
                break;
            default:
                wire.All.Insert(at, Any(random));
                break;
        }
    }

    // A control frame half of the time: these may stand between fragments, so they meet every state.
    private static WireFrame Any(Random random) => random.OneIn(2)
        ? WireFrame.Of(random.OneOf(Ping, Pong), random.Bytes(random.OneOf(0, 1, 8, 125)))
        : WireFrame.Of((byte)(random.OneOf(0, 1, 2) | (random.OneIn(2) ? WireFrame.Fin : 0)), Payloads.Any(random));

    private static void ChangeHeader(WireFrame frame, Random random)
    {
        switch (random.Next(7))
        {
            case 0:
                frame.FirstByte ^= WireFrame.Fin;
                break;
            case 1:
                frame.FirstByte = (byte)((frame.FirstByte & ~WireFrame.OpcodeBits) | random.OneOf(0, 1, 2, 8, 9, 10));
                break;
            case 2:
                frame.FirstByte = (byte)random.Next(256);
                break;
            case 3:
                frame.Key = frame.Key.Length == 0 || random.OneIn(2) ? random.Bytes(4) : random.OneIn(4) ? [] : new byte[4];
                break;
            case 4:
                frame.Form = random.OneOf(LengthForm.Short, LengthForm.Medium, LengthForm.Long);
                break;
            case 5:
                frame.ClaimedLength = random.OneIn(2) ? random.OneOf<ulong>(Claims) : (ulong)Payloads.BorderLength(random);
                frame.Form = WireFrame.FormFor(frame.ClaimedLength);
                break;
            default:
                frame.ClaimedLength += (ulong)random.OneOf(-1L, 1L);
                break;
        }
    }

    private static void ChangePayload(WireFrame frame, Random random)
    {
        var payload = frame.Payload;
        frame.SetPayload(random.Next(5) switch
        {
            0 => Payloads.Any(random),
            1 => Payloads.OfLength(Payloads.BorderLength(random), random),
            2 => [.. payload, .. Payloads.Any(random)],
            3 => payload[..random.Next(payload.Length + 1)],
            _ => ByteMutations.Mutate(payload, Payloads.Any(random), random),
        });
    }

    // Into fragments, often inside a character; control frames as well, which is forbidden.
    private static void Split(List<WireFrame> frames, int at, Random random)
    {
        var whole = frames[at];
        var cut = random.Next(whole.Payload.Length + 1);
        var first = WireFrame.Of((byte)(whole.FirstByte & ~WireFrame.Fin), whole.Payload[..cut]);
        var second = WireFrame.Of((byte)(whole.FirstByte & WireFrame.Fin), whole.Payload[cut..]);
        frames.RemoveAt(at);
        frames.InsertRange(at, random.OneIn(3) ? [first, WireFrame.Of(Ping, random.Bytes(random.Next(5))), second] : [first, second]);
    }

    private static void Join(List<WireFrame> frames, int at)
    {
        if (at + 1 < frames.Count)
        {
            var (first, second) = (frames[at], frames[at + 1]);
            frames[at] = WireFrame.Of((byte)(first.FirstByte | (second.FirstByte & WireFrame.Fin)), [.. first.Payload, .. second.Payload]);
            frames.RemoveAt(at + 1);
        }
    }

    private static void Rearrange(List<WireFrame> frames, int at, Random random)
    {
        var other = random.Next(frames.Count);
        if (random.OneIn(2))
        {
            (frames[at], frames[other]) = (frames[other], frames[at]);
        }
        else
        {
            frames.Insert(other, frames[at]);
        }
    }
}
