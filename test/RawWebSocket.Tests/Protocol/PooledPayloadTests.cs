using System.Buffers;
using System.Runtime.InteropServices;
using RawWebSocket.Protocol;
using RawWebSocket.Tests.Wire;

namespace RawWebSocket.Tests.Protocol;

public class PooledPayloadTests
{
    private readonly MemoryAccount _memory = Decoders.Memory();
    private readonly PooledPayload _payload;

    public PooledPayloadTests() => _payload = new PooledPayload(_memory);

    [Fact]
    public void A_new_payload_is_empty()
    {
        _payload.Length.ShouldBe(0);
        _payload.AsSequence().IsEmpty.ShouldBeTrue();
    }

    [Theory]
    [InlineData(1, 5000)]
    [InlineData(7, 5000)]
    [InlineData(1023, 300_000)]
    [InlineData(1024, 300_000)]
    [InlineData(1025, 300_000)]
    [InlineData(70_000, 300_000)]
    [InlineData(300_000, 300_000)]
    public void What_was_appended_in_pieces_is_there_in_order(int pieceSize, int length)
    {
        var bytes = RandomBytes(length);
        for (var start = 0; start < bytes.Length; start += pieceSize)
        {
            _payload.Append(new ReadOnlySequence<byte>(bytes, start, Math.Min(pieceSize, bytes.Length - start)));
            _payload.Length.ShouldBe(Math.Min(start + pieceSize, bytes.Length));
        }

        _payload.AsSequence().Length.ShouldBe(bytes.Length);
        _payload.AsSequence().ToArray().AsSpan().SequenceEqual(bytes).ShouldBeTrue();
        _payload.Release();
    }

    [Fact]
    public void A_sequence_of_several_segments_is_appended_whole()
    {
        var bytes = RandomBytes(5000);
        _payload.Append(Segments.Cut(bytes, 0, 1, 1000, 1000, 4999));
        _payload.AsSequence().ToArray().ShouldBe(bytes);
        _payload.Release();
    }

    [Fact]
    public void A_short_payload_lies_in_one_piece()
    {
        for (var i = 0; i < 100; i++)
        {
            _payload.Append(new ReadOnlySequence<byte>("0123456789"u8.ToArray()));
        }

        _payload.AsSequence().IsSingleSegment.ShouldBeTrue();
        _payload.Release();
    }

    [Fact]
    public void What_is_reserved_never_exceeds_what_has_arrived_by_more_than_a_piece_of_64_KiB()
    {
        var reserved = 0;
        var seen = new HashSet<byte[]>();
        var bytes = new ReadOnlySequence<byte>(new byte[1000]);
        while (_payload.Length < 1_000_000)
        {
            _payload.Append(bytes);
            foreach (var memory in _payload.AsSequence())
            {
                MemoryMarshal.TryGetArray(memory, out var array).ShouldBeTrue();
                reserved += seen.Add(array.Array!) ? array.Array!.Length : 0;
            }

            reserved.ShouldBeLessThanOrEqualTo((int)_payload.Length + (64 * 1024));
            reserved.ShouldBeLessThanOrEqualTo(Math.Max(2048, 4 * (int)_payload.Length));
        }

        seen.Count.ShouldBeLessThan(30);
        _payload.Release();
    }

    [Fact]
    public void Releasing_gives_every_piece_back_to_the_pool_and_leaves_nothing()
    {
        _payload.Append(new ReadOnlySequence<byte>(new byte[1024]));
        _payload.Append(new ReadOnlySequence<byte>(new byte[5000]));
        var arrays = new List<byte[]>();
        foreach (var memory in _payload.AsSequence())
        {
            MemoryMarshal.TryGetArray(memory, out var array).ShouldBeTrue();
            arrays.Add(array.Array!);
        }

        arrays.Count.ShouldBe(2);
        _payload.Release();

        // The shared pool hands a thread the array it gave back last.
        foreach (var array in arrays)
        {
            var again = ArrayPool<byte>.Shared.Rent(array.Length);
            again.ShouldBeSameAs(array);
            ArrayPool<byte>.Shared.Return(again);
        }

        _payload.Length.ShouldBe(0);
        _payload.AsSequence().IsEmpty.ShouldBeTrue();
    }

    [Fact]
    public void What_is_reserved_is_charged_until_it_is_released()
    {
        _memory.Held.ShouldBe(0);
        _payload.Append(new ReadOnlySequence<byte>(new byte[1]));
        _memory.Held.ShouldBe(1024);
        _payload.Append(new ReadOnlySequence<byte>(new byte[1023]));
        _memory.Held.ShouldBe(1024);
        _payload.Append(new ReadOnlySequence<byte>(new byte[3000]));
        _memory.Held.ShouldBe(1024 + 4096);
        _memory.Budget.Held.ShouldBe(_memory.Held);
        _payload.Release();
        _memory.Held.ShouldBe(0);
        _payload.Release();
        _memory.Held.ShouldBe(0);
        _memory.Budget.Held.ShouldBe(0);
    }

    [Fact]
    public void Releasing_twice_gives_nothing_back_twice()
    {
        _payload.Append(new ReadOnlySequence<byte>(new byte[10]));
        _payload.Release();
        _payload.Release();

        var one = ArrayPool<byte>.Shared.Rent(1024);
        var other = ArrayPool<byte>.Shared.Rent(1024);
        one.ShouldNotBeSameAs(other);
        ArrayPool<byte>.Shared.Return(one);
        ArrayPool<byte>.Shared.Return(other);
    }

    private static byte[] RandomBytes(int length)
    {
        var bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        return bytes;
    }
}
