using System.Buffers;
using RawWebSocket.Protocol;

namespace RawWebSocket.Tests.Protocol;

public class SparePiecesTests
{
    private const int MiB = 1024 * 1024;

    private readonly SparePieces _spares = new(most: 2);

    [Fact]
    public void What_was_given_back_is_used_again()
    {
        var piece = _spares.Rent();
        piece.Length.ShouldBe(SparePieces.PieceSize);
        _spares.Return(piece);
        _spares.Rent().ShouldBeSameAs(piece);
        _spares.Rent().ShouldNotBeSameAs(piece);
    }

    [Fact]
    public void No_more_are_kept_than_may_be()
    {
        ReturnThree();
        _spares.Count.ShouldBe(2);
    }

    [Fact]
    public void Those_that_were_not_needed_between_two_trims_are_let_go()
    {
        ReturnThree();
        _spares.Trim();
        _spares.Count.ShouldBe(2, "They may have come only just now.");
        _spares.Return(_spares.Rent());
        _spares.Trim();
        _spares.Count.ShouldBe(1, "One of the two was needed.");
        _spares.Trim();
        _spares.Count.ShouldBe(0);
    }

    [Fact]
    public void A_message_of_4_MiB_is_gathered_in_the_pieces_of_the_one_before_it()
    {
        var account = new MemoryAccount(new MemoryBudget(long.MaxValue));
        var bytes = new ReadOnlySequence<byte>(new byte[4 * MiB]);
        Gather();
        var before = GC.GetAllocatedBytesForCurrentThread();
        Gather();
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(16 * 1024);
        account.Held.ShouldBe(0);

        void Gather()
        {
            var payload = new PooledPayload(account);
            payload.Append(bytes);
            payload.Length.ShouldBe(4 * MiB);
            payload.Release();
        }
    }

    private void ReturnThree()
    {
        byte[][] pieces = [_spares.Rent(), _spares.Rent(), _spares.Rent()];
        foreach (var piece in pieces)
        {
            _spares.Return(piece);
        }
    }
}
