using System.Net.WebSockets;
using System.Text;
using RawWebSocket.Protocol;
using RawWebSocket.Tests.Wire;

namespace RawWebSocket.Tests.Protocol;

public class OutgoingFragmentsTests
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly OutgoingFragments _text = new(WebSocketMessageType.Text);
    private readonly OutgoingFragments _binary = new(WebSocketMessageType.Binary);

    [Fact]
    public void A_message_is_text_or_binary() =>
        Should.Throw<ArgumentOutOfRangeException>(() => new OutgoingFragments(WebSocketMessageType.Close));

    [Fact]
    public void The_first_fragment_has_the_messages_type_and_the_others_continue_it()
    {
        _text.HaveBegun.ShouldBeFalse();
        _text.NextOpcode().ShouldBe(Opcode.Text);
        _text.HaveBegun.ShouldBeTrue();
        _text.NextOpcode().ShouldBe(Opcode.Continuation);
        _text.NextOpcode().ShouldBe(Opcode.Continuation);

        _binary.NextOpcode().ShouldBe(Opcode.Binary);
        _binary.NextOpcode().ShouldBe(Opcode.Continuation);
    }

    [Fact]
    public void Splitting_alone_begins_nothing()
    {
        Split(_text, "a"u8);
        _text.HaveBegun.ShouldBeFalse();
    }

    [Theory]
    [InlineData(WebSocketMessageType.Text)]
    [InlineData(WebSocketMessageType.Binary)]
    public void An_empty_piece_gives_no_fragment(WebSocketMessageType type) => Split(new OutgoingFragments(type), []).ShouldBeEmpty();

    [Fact]
    public void Binary_is_cut_at_64_KiB_and_nowhere_else()
    {
        var bytes = new byte[150_000];
        new Random(1).NextBytes(bytes);
        var fragments = Split(_binary, bytes);
        fragments.Select(fragment => fragment.Length).ShouldBe([65536, 65536, 150_000 - (2 * 65536)]);
        fragments.SelectMany(fragment => fragment).ToArray().AsSpan().SequenceEqual(bytes).ShouldBeTrue();
        Split(_binary, [0xC3]).ShouldHaveSingleItem().ShouldBe([0xC3]);
        _binary.ThrowIfIncomplete();
    }

    [Fact]
    public void Fragments_of_a_text_end_between_characters_wherever_its_pieces_are_cut()
    {
        var text = "aé€🌍ß漢x🚀"u8.ToArray();
        for (var first = 0; first <= text.Length; first++)
        {
            for (var second = first; second <= text.Length; second++)
            {
                var fragments = new OutgoingFragments(WebSocketMessageType.Text);
                var sent = new List<byte>();
                foreach (var piece in Segments.Pieces(text, first, second))
                {
                    foreach (var fragment in Split(fragments, piece.Span))
                    {
                        Should.NotThrow(() => Strict.GetString(fragment), $"cut at {first} and {second}");
                        sent.AddRange(fragment);
                    }
                }

                fragments.ThrowIfIncomplete();
                sent.ShouldBe(text);
            }
        }
    }

    [Fact]
    public void Byte_by_byte_each_character_leaves_when_its_last_byte_has_come()
    {
        var fragments = "é🌍"u8.ToArray().Select(b => Split(_text, [b]).Count);
        fragments.ShouldBe([0, 1, 0, 0, 0, 1]);
    }

    [Theory]
    [InlineData("é")]
    [InlineData("€")]
    [InlineData("🌍")]
    public void A_long_piece_of_text_is_cut_between_characters_too(string character)
    {
        for (var shift = 0; shift < 4; shift++)
        {
            var fragments = new OutgoingFragments(WebSocketMessageType.Text);
            var text = Encoding.UTF8.GetBytes(new string('a', shift) + string.Concat(Enumerable.Repeat(character, 60_000)));
            var sent = Split(fragments, text);
            sent.Count.ShouldBeGreaterThan(1);
            foreach (var fragment in sent)
            {
                fragment.Length.ShouldBeInRange(1, 65536);
                Should.NotThrow(() => Strict.GetString(fragment), $"{fragment.Length} bytes of {character} from {shift}");
            }

            sent.SelectMany(fragment => fragment).ToArray().AsSpan().SequenceEqual(text).ShouldBeTrue();
        }
    }

    [Fact]
    public void What_has_been_split_off_at_any_time_is_utf8_so_a_cancelled_text_can_be_ended_there()
    {
        var sent = new List<byte>();
        foreach (var b in "x€🌍y"u8.ToArray())
        {
            sent.AddRange(Split(_text, [b]).SelectMany(fragment => fragment));
            Should.NotThrow(() => Strict.GetString([.. sent]));
        }
    }

    [Fact]
    public void A_piece_may_be_reused_once_it_has_been_split()
    {
        byte[] piece = [0xE2, 0x82];
        Split(_text, piece).ShouldBeEmpty();
        piece[0] = piece[1] = 0;
        Split(_text, [0xAC]).ShouldHaveSingleItem().ShouldBe("€"u8.ToArray());
    }

    [Theory]
    [InlineData("ff")]
    [InlineData("61c3c3")]
    [InlineData("f490")]
    public void What_is_not_utf8_is_refused_as_soon_as_it_comes(string hex) =>
        Should.Throw<InvalidDataException>(() => Split(_text, Convert.FromHexString(hex))).Message.ShouldContain("binary");

    [Fact]
    public void A_text_that_ends_inside_a_character_is_refused_at_its_end()
    {
        Split(_text, "a€"u8[..3]).ShouldHaveSingleItem().ShouldBe("a"u8.ToArray());
        Should.Throw<InvalidDataException>(_text.ThrowIfIncomplete);
    }

    private static List<byte[]> Split(OutgoingFragments fragments, ReadOnlySpan<byte> piece) =>
        [.. fragments.Split(piece.ToArray()).Select(fragment => fragment.ToArray())];

    private static List<byte[]> Split(OutgoingFragments fragments, byte[] piece) =>
        [.. fragments.Split(piece).Select(fragment => fragment.ToArray())];
}
