using RawWebSocket.Fuzz.Engine;

namespace RawWebSocket.Fuzz.Tests.Engine;

public class HexTextTests
{
    [Fact]
    public void Bytes_runs_and_comments_are_read() =>
        HexText.Parse("# A comment\n81 00*3 # another\n\nff\n").ShouldBe([0x81, 0, 0, 0, 0xFF]);

    [Fact]
    public void What_is_written_is_read_again()
    {
        byte[] bytes = [.. Enumerable.Repeat((byte)7, 300), .. Enumerable.Range(0, 256).Select(static b => (byte)b), 1, 1, 1];
        var text = HexText.Format(bytes);
        text.ShouldStartWith("07*300 00 01 02");
        HexText.Parse(text).ShouldBe(bytes);
    }
}
