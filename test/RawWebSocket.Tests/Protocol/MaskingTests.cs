using System.Buffers;
using System.Runtime.InteropServices;
using RawWebSocket.Protocol;
using RawWebSocket.Tests.Wire;

namespace RawWebSocket.Tests.Protocol;

public class MaskingTests
{
    private static readonly byte[] Key = [0x01, 0x82, 0x43, 0xF4];
    private static readonly byte[] Random = MakeRandom(400);

    [Fact]
    public void Every_length_at_every_alignment_is_masked_as_the_rfcs_loop_does()
    {
        for (var length = 0; length <= 300; length++)
        {
            for (var offset = 0; offset < 8; offset++)
            {
                var bytes = Random.ToArray();
                Masking.Apply(bytes.AsSpan(offset, length), KeyAt(0));

                byte[] expected = [.. Random[..offset], .. Naive(Random[offset..(offset + length)]), .. Random[(offset + length)..]];
                bytes.AsSpan().SequenceEqual(expected).ShouldBeTrue($"{length} bytes at {offset}");
            }
        }
    }

    [Fact]
    public void The_returned_key_goes_on_where_the_part_ended()
    {
        for (var length = 0; length <= 70; length++)
        {
            Masking.Apply(new byte[length], KeyAt(0)).ShouldBe(KeyAt(length), $"{length} bytes");
        }
    }

    [Fact]
    public void Two_parts_give_what_one_gives_wherever_they_are_cut()
    {
        var whole = Naive(Random[..100]);
        for (var cut = 0; cut <= 100; cut++)
        {
            var bytes = Random[..100];
            var key = Masking.Apply(bytes.AsSpan(0, cut), KeyAt(0));
            Masking.Apply(bytes.AsSpan(cut), key);
            bytes.ShouldBe(whole, $"cut at {cut}");
        }
    }

    [Fact]
    public void A_sequence_is_masked_across_its_segments_and_returns_the_next_key()
    {
        var payload = Random[..45];
        for (var first = 0; first <= payload.Length; first++)
        {
            for (var second = first; second <= payload.Length; second++)
            {
                var sequence = Segments.Cut(payload, first, second);
                var key = Masking.Apply(sequence, KeyAt(0));
                sequence.ToArray().AsSpan().SequenceEqual(Naive(payload)).ShouldBeTrue($"cut at {first} and {second}");
                key.ShouldBe(KeyAt(payload.Length));
            }
        }
    }

    [Fact]
    public void A_sequence_of_one_segment_is_masked_where_it_lies()
    {
        var bytes = Random.ToArray();
        Masking.Apply(new ReadOnlySequence<byte>(bytes, 10, 50), KeyAt(3)).ShouldBe(KeyAt(53));
        bytes[10..60].ShouldBe(Naive(Random[10..60], from: 3));
    }

    // Section 5.3: "transformed-octet-i = original-octet-i XOR masking-key-octet-j", "j = i MOD 4".
    private static byte[] Naive(byte[] bytes, int from = 0) => [.. bytes.Select((octet, i) => (byte)(octet ^ Key[(from + i) % 4]))];

    private static uint KeyAt(int octet) => MemoryMarshal.Read<uint>(Enumerable.Range(octet, 4).Select(i => Key[i % 4]).ToArray());

    private static byte[] MakeRandom(int length)
    {
        var bytes = new byte[length];
        new Random(6455).NextBytes(bytes);
        return bytes;
    }
}
