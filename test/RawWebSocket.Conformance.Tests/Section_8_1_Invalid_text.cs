namespace RawWebSocket.Conformance.Tests;

/// <summary>
/// RFC 6455 section 8.1: text that is not UTF-8 fails the connection, here with the offending byte: neither the end of the frame nor
/// that of the message is waited for.
/// </summary>
public abstract class Section_8_1_Invalid_text(ConformanceServer server) : Conformance(server)
{
    // So much of the frame's claimed payload never comes.
    private const int Missing = 200;

    /// <summary>Each ends with its first offending byte.</summary>
    public static TheoryData<string> EndingWithTheOffendingByte =>
    [
        "80", // continuation bytes alone
        "BF",
        "6180",
        "C3A980",
        "E282AC80",
        "F09F988080",
        "C0", // overlong, in two bytes
        "C1",
        "E080", // in three
        "E09F",
        "F080", // in four
        "F08F",
        "EDA0", // surrogates
        "EDAD",
        "EDB0",
        "EDBF",
        "F490", // above U+10FFFF
        "F4BF",
        "F5",
        "F7",
        "F8", // forms of five and six bytes
        "FB",
        "FC",
        "FD",
        "FE", // never a byte of UTF-8
        "FF",
        "6F6BFF",
        "C341", // characters cut short by another
        "C3C3",
        "E241",
        "E28241",
        "E282C3",
        "E282E2",
        "F041",
        "F09F41",
        "F09F9841",
        "F09F98F0",
        "E0A07F",
        "F0908080F0908041",
    ];

    public static TheoryData<string> EndingInsideACharacter =>
    [
        "C2", "DF", "E0", "E0A0", "E1", "E180", "EC", "ED", "ED9F", "EE80", "EFBF", "F0", "F090", "F09080", "F1", "F48F", "F48FBF",
        "6F6BC3", "C3A9E282", "E282ACF09F98",
    ];

    [Theory, MemberData(nameof(EndingWithTheOffendingByte))]
    public async Task An_invalid_text_fails(string text) => await FailsAsync(1007, Wire.Text(Convert.FromHexString(text)));

    [Theory, MemberData(nameof(EndingWithTheOffendingByte))]
    public async Task An_invalid_text_fails_with_its_frame_still_under_way(string text) =>
        await FailsAsync(1007, Begun(0x81, Convert.FromHexString(text)));

    [Theory, MemberData(nameof(EndingWithTheOffendingByte))]
    public async Task An_invalid_text_fails_with_its_message_still_under_way(string text) =>
        await FailsAsync(1007, Wire.FirstText(Convert.FromHexString(text)));

    [Theory, MemberData(nameof(EndingWithTheOffendingByte))]
    public async Task An_invalid_text_fails_wherever_its_fragments_are_cut(string text)
    {
        var payload = Convert.FromHexString(text);
        for (var cut = 0; cut < payload.Length; cut++)
        {
            await FailsAsync(1007, Wire.Join(Wire.FirstText(payload.AsSpan(0, cut)), Begun(0x00, payload[cut..])));
            await FailsAsync(1007, Wire.Join(Wire.FirstText(payload.AsSpan(0, cut)), Wire.Next([]), Wire.Last(payload.AsSpan(cut))));
        }
    }

    [Theory, MemberData(nameof(EndingWithTheOffendingByte))]
    public async Task Nothing_fails_before_the_offending_byte(string text)
    {
        var payload = Convert.FromHexString(text);
        await using var socket = await ConnectAsync();
        await socket.SendRawAsync(Wire.FirstText(payload.AsSpan(0, payload.Length - 1)));
        await socket.ExpectSilenceAsync();
        await socket.SendRawAsync(Begun(0x80, payload[^1..]));
        await socket.ExpectFailureAsync(1007);
    }

    [Theory, MemberData(nameof(EndingInsideACharacter))]
    public async Task Half_a_character_fails_when_the_message_ends(string text)
    {
        var payload = Convert.FromHexString(text);
        await FailsAsync(1007, Wire.Text(payload));
        await FailsAsync(1007, Wire.Join(Wire.FirstText(payload), Wire.Last([])));
    }

    [Theory, MemberData(nameof(EndingInsideACharacter))]
    public async Task Half_a_character_does_not_fail_before_the_message_ends(string text)
    {
        await using var socket = await ConnectAsync();
        await socket.SendRawAsync(Wire.FirstText(Convert.FromHexString(text)));
        await socket.ExpectSilenceAsync();
        await socket.SendRawAsync(Wire.Next([]));
        await socket.ExpectSilenceAsync();
        await socket.SendRawAsync(Wire.Last([]));
        await socket.ExpectFailureAsync(1007);
    }

    // The character that the first message leaves half must not be finished by the second.
    [Fact]
    public async Task A_message_does_not_end_a_character_of_the_one_before() =>
        await FailsAsync(1007, Wire.Join(Wire.Text([0xC3]), Wire.Text([0xA9])));

    [Fact]
    public async Task What_came_before_an_invalid_text_is_answered_first() => await FailsAsync(
        1007, Wire.Join(Wire.Text("ok"), Wire.Ping("1"u8), Wire.Text([0xFF])), TestFrame.Text("ok"), TestFrame.Pong("1"u8));

    [Fact]
    public async Task A_bad_byte_is_found_anywhere_in_a_long_text()
    {
        await ForEachAsync(Enumerable.Range(0, 140), async at =>
        {
            byte[] text = [.. Enumerable.Repeat((byte)'x', at), 0xC0, .. Enumerable.Repeat((byte)'y', 139 - at)];
            await using var socket = await ConnectAsync();
            await socket.SendRawAsync(Wire.Text(text));
            await socket.ExpectFailureAsync(1007);
        });
    }

    [Fact]
    public async Task A_bad_byte_is_found_at_the_end_of_a_megabyte()
    {
        byte[] text = [.. Enumerable.Repeat((byte)'x', Endpoints.StandardLimit - 1), 0xFF];
        await using var socket = await ConnectAsync();
        await socket.SendRawAsync(Wire.Text(text));
        await socket.ExpectFailureAsync(1007);
    }

    // Pairs of bytes at the ends of the grammar's ranges, each as the beginning of a text: the grammar says what is to come of it.
    [Fact]
    public async Task Each_pair_of_border_bytes_is_judged_by_the_grammar()
    {
        var pairs =
            from first in Utf8Table.BorderBytes
            where first >= 0x7F
            from second in Utf8Table.BorderBytes
            select new[] { first, second };
        await ForEachAsync(pairs, async pair =>
        {
            await using var socket = await ConnectAsync();
            await socket.SendRawAsync(Wire.FirstText(pair));
            if (Utf8Table.LengthOfGoodBeginning(pair, out var endsBetweenCharacters) < 2)
            {
                await socket.ExpectFailureAsync(1007);
                return;
            }

            await socket.ExpectSilenceAsync();
            await socket.SendRawAsync(Wire.Last([]));
            await (endsBetweenCharacters ? socket.ExpectFrameAsync(TestFrame.Text(pair)) : socket.ExpectFailureAsync(1007));
        });
    }

    private static byte[] Begun(int first, byte[] payload) =>
        [.. Wire.Header(first, (ulong)(payload.Length + Missing)), .. Wire.Frame(first, payload)[6..]];

    public sealed class InMemory(MemoryServer server) : Section_8_1_Invalid_text(server), IClassFixture<MemoryServer>;

    public sealed class OverKestrel(KestrelServer server) : Section_8_1_Invalid_text(server), IClassFixture<KestrelServer>;
}
