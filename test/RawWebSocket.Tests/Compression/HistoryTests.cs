using RawWebSocket.Compression;
using RawWebSocket.Tests.Protocol;
using RawWebSocket.Tests.Wire;

namespace RawWebSocket.Tests.Compression;

public class HistoryTests
{
    private readonly MemoryAccount _memory = Decoders.Memory();

    [Theory]
    [InlineData(9)]
    [InlineData(10)]
    [InlineData(12)]
    [InlineData(15)]
    public void It_remembers_the_last_of_what_was_said_up_to_its_window(int windowBits)
    {
        var random = new Random(windowBits);
        var history = new History(windowBits, _memory);
        var all = new List<byte>();
        for (var i = 0; i < 300; i++)
        {
            var said = new byte[random.Next(random.Next(2) == 0 ? 100 : 3 << (windowBits - 1))];
            random.NextBytes(said);
            all.AddRange(said);
            if (i % 2 == 0)
            {
                history.Append(said);
            }
            else
            {
                history.Append(Segments.Cut(said, said.Length / 3, said.Length / 2));
            }

            history.Length.ShouldBe(Math.Min(all.Count, 1 << windowBits));
            foreach (var count in new[] { 0, Math.Min(1, history.Length), random.Next(history.Length + 1), history.Length })
            {
                history.Last(count, out var older, out var newer);
                byte[] both = [.. older, .. newer];
                both.AsSpan().SequenceEqual(all[^count..].ToArray()).ShouldBeTrue();
            }
        }
    }

    [Fact]
    public void It_holds_no_more_than_twice_what_was_said_and_never_more_than_its_window()
    {
        var history = new History(15, _memory);
        _memory.Held.ShouldBe(0);
        for (var said = 100; said < 100_000; said += 100)
        {
            history.Append(new byte[100]);
            _memory.Held.ShouldBeInRange(Math.Min(said, 32768), Math.Min(Math.Max(1024, 2 * said), 32768));
        }

        _memory.Held.ShouldBe(32768);
    }

    [Fact]
    public void What_is_forgotten_is_gone_and_what_is_released_is_given_back()
    {
        var history = new History(12, _memory);
        history.Append(new byte[5000]);
        history.Forget();
        history.Length.ShouldBe(0);
        history.Append([1, 2, 3]);
        history.Last(3, out var older, out var newer);
        older.Length.ShouldBe(0);
        newer.ToArray().ShouldBe([1, 2, 3]);
        _memory.Held.ShouldBe(4096);

        history.Release();
        history.Release();
        _memory.Held.ShouldBe(0);
        history.Length.ShouldBe(0);
        history.Append([4]);
        history.Length.ShouldBe(1);
    }
}
