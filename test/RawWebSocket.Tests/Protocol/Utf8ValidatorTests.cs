using System.Text;
using RawWebSocket.Protocol;
using RawWebSocket.Tests.Wire;

namespace RawWebSocket.Tests.Protocol;

public class Utf8ValidatorTests
{
    // The bytes at which UTF-8's table of well-formed sequences (Unicode, table 3-7) changes its mind, and their neighbours.
    private static readonly byte[] Borders =
    [
        0x00, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC2, 0xE0, 0xED, 0xF0, 0xF4, 0xF5, 0xFF,
    ];

    private static readonly byte[] All = [.. Enumerable.Range(0, 256).Select(b => (byte)b)];

    private readonly StrictUtf8 _strict = new();

    [Fact]
    public void Nothing_is_valid_and_complete()
    {
        var validator = new Utf8Validator();
        validator.TryAppend([]).ShouldBeTrue();
        validator.IsComplete.ShouldBeTrue();
    }

    [Fact]
    public void Every_sequence_of_one_or_two_bytes_is_judged_as_encoding_judges_it()
    {
        foreach (var first in All)
        {
            ShouldJudgeRightly([first]);
            foreach (var second in All)
            {
                ShouldJudgeRightly([first, second]);
            }
        }
    }

    // All 16 million, but for those whose outcome the two-byte ones have settled: an ASCII byte leaves the validator as new, and what
    // is dead stays dead.
    [Fact]
    public void Every_sequence_of_three_bytes_is_judged_as_encoding_judges_it()
    {
        foreach (var first in All[0x7F..])
        {
            foreach (var second in All)
            {
                var dead = _strict.FirstDead([first, second]);
                foreach (var third in dead is null ? All : Borders)
                {
                    ShouldJudgeRightly([first, second, third], dead);
                }
            }
        }
    }

    [Fact]
    public void Sequences_of_four_bytes_at_all_borders_are_judged_as_encoding_judges_them()
    {
        foreach (var first in (byte[])[0x7F, 0xC2, 0xE0, 0xED, 0xF0, 0xF1, 0xF3, 0xF4, 0xF5, 0xFF])
        {
            foreach (var second in Borders)
            {
                foreach (var third in Borders)
                {
                    var dead = _strict.FirstDead([first, second, third]);
                    foreach (var fourth in Borders)
                    {
                        ShouldJudgeRightly([first, second, third, fourth], dead);
                    }
                }
            }
        }
    }

    [Fact]
    public void Long_texts_with_and_without_a_wrong_byte_are_judged_alike_however_they_are_cut()
    {
        var random = new Random(3629);
        var text = string.Concat(Enumerable.Repeat("abcdefgh ijklmnop äöü €uro 漢字 🌍🚀 \u07FF\u0800\uFFFD\U00010000\U0010FFFF", 3));
        for (var round = 0; round < 2000; round++)
        {
            var bytes = Encoding.UTF8.GetBytes(text);
            if (round % 2 == 1)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            var cuts = Enumerable.Range(0, random.Next(8)).Select(_ => random.Next(bytes.Length + 1)).Order();
            ShouldJudge(bytes, Segments.Pieces(bytes, cuts), _strict.FirstDead(bytes));
        }
    }

    [Theory]
    [InlineData("80")] // a continuation with nothing before it
    [InlineData("c080")] // overlong
    [InlineData("e09f")]
    [InlineData("eda0")] // a surrogate
    [InlineData("f08f")]
    [InlineData("f490")] // past U+10FFFF
    [InlineData("f8")]
    [InlineData("e282e2")] // the next character begins too soon
    public void A_byte_that_cannot_become_utf8_is_found_when_it_comes(string hex)
    {
        var bytes = Convert.FromHexString(hex);
        var validator = new Utf8Validator();
        foreach (var b in bytes[..^1])
        {
            if (!validator.TryAppend([b]))
            {
                b.ShouldBe((byte)0xC0, "Only C0 is wrong by itself.");
                return;
            }
        }

        validator.TryAppend(bytes.AsSpan(bytes.Length - 1)).ShouldBeFalse();
    }

    [Fact]
    public void A_text_at_once_is_valid_only_if_no_character_is_left_unfinished()
    {
        var bytes = "aé€🌍"u8.ToArray();
        for (var length = 0; length <= bytes.Length; length++)
        {
            var expected = length is 0 or 1 or 3 or 6 or 10;
            Utf8Validator.IsValid(Segments.Cut(bytes.AsSpan(0, length))).ShouldBe(expected, $"{length} bytes");
            for (var cut = 0; cut <= length; cut++)
            {
                Utf8Validator.IsValid(Segments.Cut(bytes.AsSpan(0, length), cut)).ShouldBe(expected, $"{length} bytes cut at {cut}");
            }
        }
    }

    [Fact]
    public void The_tail_is_the_unfinished_character()
    {
        var text = "a é€b🌍c"u8;
        int[] starts = [0, 1, 2, 4, 7, 8, 12, 13];
        for (var length = 0; length <= text.Length; length++)
        {
            var expected = length - starts.Last(start => start <= length);
            Utf8Validator.TailLength(text[..length]).ShouldBe(expected, $"{length} bytes");
        }
    }

    [Theory]
    [InlineData("80")]
    [InlineData("808080")]
    [InlineData("f09f8c8d")]
    [InlineData("c3a9a9")]
    public void Bytes_that_begin_no_character_are_no_tail(string hex) =>
        Utf8Validator.TailLength(Convert.FromHexString(hex)).ShouldBe(0);

    private void ShouldJudgeRightly(ReadOnlySpan<byte> bytes, int? knownDead = null)
    {
        var firstDead = knownDead ?? _strict.FirstDead(bytes);
        for (var cuts = 0; cuts < 1 << (bytes.Length - 1); cuts++)
        {
            ShouldJudge(bytes, cuts, firstDead);
        }
    }

    // Each bit of the cuts says whether a piece ends behind that byte. Without allocation: it runs millions of times.
    private void ShouldJudge(ReadOnlySpan<byte> bytes, int cuts, int? firstDead)
    {
        var validator = new Utf8Validator();
        var start = 0;
        for (var end = 1; end <= bytes.Length; end++)
        {
            if (end < bytes.Length && (cuts & (1 << (end - 1))) == 0)
            {
                continue;
            }

            var expected = firstDead is null || firstDead >= end;
            if (validator.TryAppend(bytes[start..end]) != expected)
            {
                Assert.Fail($"{Convert.ToHexString(bytes)} cut as {cuts:b}: {(expected ? "refused" : "accepted")} at byte {end}");
            }

            if (!expected)
            {
                return;
            }

            start = end;
        }

        if (validator.IsComplete != _strict.IsValid(bytes))
        {
            Assert.Fail($"{Convert.ToHexString(bytes)} cut as {cuts:b}: IsComplete is {validator.IsComplete}");
        }
    }

    private void ShouldJudge(byte[] bytes, List<ReadOnlyMemory<byte>> pieces, int? firstDead)
    {
        var validator = new Utf8Validator();
        var end = 0;
        foreach (var piece in pieces)
        {
            end += piece.Length;
            var expected = firstDead is null || firstDead >= end;
            validator.TryAppend(piece.Span).ShouldBe(expected, $"{Convert.ToHexString(bytes)}, first {end} bytes");
            if (!expected)
            {
                break;
            }
        }

        new Utf8Validator().TryAppend(Segments.Of(pieces)).ShouldBe(firstDead is null);
        Utf8Validator.IsValid(Segments.Of(pieces)).ShouldBe(_strict.IsValid(bytes));
    }
}
