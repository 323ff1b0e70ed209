using System.Text;
using RawWebSocket.Protocol;
using RawWebSocket.Tests.Wire;

namespace RawWebSocket.Tests.Protocol;

public class OutgoingTextTests
{
    public static readonly TheoryData<string> Texts = ["", "a", "äöü", "€", "漢字", "🌍", "a€🌍z", "\0", "\uFFFD", "\uFEFFbom"];

    // No theory: its data would be written down as UTF-8, which cannot carry it.
    private static readonly string[] HalfPairs = ["\uD83C", "\uDF0D", "a\uD83C", "\uDF0D\uD83C", "\uD83Ca", "🌍\uD83C"];

    [Theory]
    [MemberData(nameof(Texts))]
    public void Text_is_encoded_as_utf8_into_the_room_asked_for(string text)
    {
        foreach (var repeated in (string[])[text, Repeat(text, 200), Repeat(text, 2000)])
        {
            var room = new byte[OutgoingText.MaxBytes(repeated)];
            var length = OutgoingText.Encode(repeated, room);
            room[..length].ShouldBe(Encoding.UTF8.GetBytes(repeated));
        }
    }

    [Theory]
    [InlineData(1023)]
    [InlineData(1024)]
    [InlineData(1025)]
    public void There_is_room_enough_on_both_sides_of_the_border_between_guessing_and_counting(int length)
    {
        var text = new string('€', length);
        OutgoingText.Encode(text, new byte[OutgoingText.MaxBytes(text)]).ShouldBe(3 * length);
    }

    [Fact]
    public void The_room_for_a_long_text_is_not_more_than_it_needs() => OutgoingText.MaxBytes(new string('a', 100_000)).ShouldBe(100_000);

    [Fact]
    public void Half_a_surrogate_pair_is_refused_whatever_the_length()
    {
        var padding = new string('a', 2000);
        foreach (var text in HalfPairs.SelectMany(half => (string[])[half, padding + half, half + padding]))
        {
            Should.Throw<ArgumentException>(() => OutgoingText.Encode(text, new byte[OutgoingText.MaxBytes(text)]))
                .Message.ShouldContain("surrogate");
        }
    }

    [Fact]
    public void Bytes_that_are_utf8_pass()
    {
        var utf8 = "grüß dich 🌍"u8.ToArray();
        OutgoingText.ThrowIfNotUtf8(utf8);
        for (var cut = 0; cut <= utf8.Length; cut++)
        {
            OutgoingText.ThrowIfNotUtf8(Segments.Cut(utf8, cut));
        }
    }

    [Theory]
    [InlineData("80")]
    [InlineData("41c3")]
    [InlineData("f09f8c")]
    [InlineData("eda080")]
    public void Bytes_that_are_not_utf8_are_refused_with_a_word_about_binary(string hex)
    {
        var bytes = Convert.FromHexString(hex);
        Should.Throw<ArgumentException>(() => OutgoingText.ThrowIfNotUtf8(bytes)).Message.ShouldContain("binary");
        for (var cut = 0; cut <= bytes.Length; cut++)
        {
            Should.Throw<ArgumentException>(() => OutgoingText.ThrowIfNotUtf8(Segments.Cut(bytes, cut)));
        }
    }

    // Not a theory: the test runner would make whole characters of the halves.
    [Fact]
    public void Half_a_surrogate_pair_is_refused_wherever_it_stands()
    {
        foreach (var text in HalfPairs)
        {
            Should.Throw<ArgumentException>(() => OutgoingText.ThrowIfNotUtf16(text, "reason")).ParamName.ShouldBe("reason");
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("grüß dich 🌍🌍")]
    public void Whole_pairs_pass(string text) => OutgoingText.ThrowIfNotUtf16(text, "reason");

    private static string Repeat(string text, int count) => string.Concat(Enumerable.Repeat(text, count));
}
