using System.Text;

namespace RawWebSocket.Conformance.Tests;

/// <summary>RFC 6455 sections 5.6 and 8.1: text that is UTF-8 passes unchanged, wherever it is cut.</summary>
public abstract class Section_8_1_Valid_text(ConformanceServer server) : Conformance(server)
{
    /// <summary>The first and last code points of each length and around each gap.</summary>
    public static TheoryData<int> BorderCodePoints =>
    [
        0x0000, 0x0001, 0x007F, 0x0080, 0x07FF, 0x0800, 0x0FFF, 0x1000, 0xCFFF, 0xD000, 0xD7FF, 0xE000, 0xFEFF, 0xFFFD, 0xFFFE, 0xFFFF,
        0x10000, 0x1FFFE, 0x3FFFF, 0x40000, 0xFFFFF, 0x100000, 0x10FFFE, 0x10FFFF,
    ];

    public static TheoryData<string> Texts =>
    [
        "Hello",
        "\0\u0001\u007F",
        "Grüße, κόσμε, мир",
        "日本語 のテキスト",
        "𝒳😀👩‍👩‍👧‍👦",
        "a\u0301 is one character of two, \uFEFF is none at all",
        "\uFFFD is valid itself, \uFFFF and \U0010FFFF are no characters but valid",
    ];

    [Theory, MemberData(nameof(BorderCodePoints))]
    public async Task Every_kind_of_character_passes(int codePoint)
    {
        var character = Utf8Table.Encode(codePoint);
        await AnswersAsync(Wire.Text(character), TestFrame.Text(character));
        byte[] between = [.. "<"u8, .. character, .. character, .. ">"u8];
        await AnswersAsync(Wire.Text(between), TestFrame.Text(between));
    }

    [Theory, MemberData(nameof(Texts))]
    public async Task Text_passes_however_its_bytes_arrive(string text) => await AnswersAsync(Wire.Text(text), TestFrame.Text(text));

    [Theory, MemberData(nameof(Texts))]
    public async Task Text_passes_wherever_its_fragments_are_cut(string text)
    {
        var payload = Encoding.UTF8.GetBytes(text);
        await using var socket = await ConnectAsync();
        for (var cut = 0; cut <= payload.Length; cut++)
        {
            await socket.SendRawAsync(Wire.Join(Wire.FirstText(payload.AsSpan(0, cut)), Wire.Last(payload.AsSpan(cut))));
            await socket.ExpectFrameAsync(TestFrame.Text(text));
        }
    }

    [Theory, MemberData(nameof(Texts))]
    public async Task Text_passes_with_a_fragment_and_a_ping_for_each_byte(string text)
    {
        var payload = Encoding.UTF8.GetBytes(text);
        await using var socket = await ConnectAsync();
        await socket.SendRawAsync(Wire.FirstText([]));
        foreach (var b in payload)
        {
            // The pong shows that the beginning of a character is not taken for a fault before the rest of it can have come.
            await socket.SendRawAsync(Wire.Join(Wire.Next([b]), Wire.Ping([b])));
            await socket.ExpectFrameAsync(TestFrame.Pong([b]));
        }

        await socket.SendRawAsync(Wire.Last([]));
        await socket.ExpectFrameAsync(TestFrame.Text(text));
    }

    [Fact]
    public async Task Every_code_point_passes()
    {
        await using var socket = await ConnectAsync();
        for (var plane = 0; plane <= 0x10; plane++)
        {
            var codePoints = Enumerable.Range(plane << 16, 0x10000).Where(codePoint => codePoint is < 0xD800 or > 0xDFFF);
            var text = codePoints.SelectMany(Utf8Table.Encode).ToArray();
            await socket.SendRawAsync(Wire.Text(text));
            (await socket.ExpectFrameAsync()).ShouldBe(TestFrame.Text(text));
        }
    }

    [Fact]
    public async Task A_character_may_lie_anywhere_in_a_long_text()
    {
        await using var socket = await ConnectAsync();
        foreach (var before in Enumerable.Range(0, 140))
        {
            var text = new string('x', before) + "😀" + new string('y', 140 - before);
            await socket.SendRawAsync(Wire.Text(text));
            await socket.ExpectFrameAsync(TestFrame.Text(text));
        }
    }

    [Fact]
    public async Task A_long_text_of_long_characters_passes_in_fragments_of_every_remainder()
    {
        var text = Enumerable.Repeat(Utf8Table.Encode(0x10348), 5000).SelectMany(bytes => bytes).ToArray();
        await using var socket = await ConnectAsync();
        foreach (var cut in Enumerable.Range(9_997, 8))
        {
            await socket.SendRawAsync(Wire.Join(Wire.FirstText(text.AsSpan(0, cut)), Wire.Last(text.AsSpan(cut))));
            await socket.ExpectFrameAsync(TestFrame.Text(text));
        }
    }

    // Section 5.6: a binary payload is arbitrary, and a text message after it begins between characters.
    [Fact]
    public async Task Binary_need_not_be_utf8() => await AnswersAsync(
        Wire.Join(Wire.Binary([0xC3]), Wire.FirstBinary([0xFF, 0xC3]), Wire.Last([0x80, 0xED]), Wire.Text("é")),
        TestFrame.Binary([0xC3]),
        TestFrame.Binary([0xFF, 0xC3, 0x80, 0xED]),
        TestFrame.Text("é"));

    public sealed class InMemory(MemoryServer server) : Section_8_1_Valid_text(server), IClassFixture<MemoryServer>;

    public sealed class OverKestrel(KestrelServer server) : Section_8_1_Valid_text(server), IClassFixture<KestrelServer>;
}
