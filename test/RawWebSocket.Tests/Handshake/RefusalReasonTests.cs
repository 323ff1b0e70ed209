using RawWebSocket.Handshake;

namespace RawWebSocket.Tests.Handshake;

public class RefusalReasonTests
{
    [Fact]
    public void Every_reason_has_a_tag_of_its_own_in_snake_case()
    {
        var tags = Enum.GetValues<RefusalReason>().Select(reason => reason.Tag()).ToList();
        tags.ShouldBeUnique();
        tags.ShouldAllBe(tag => tag.All(character => char.IsAsciiLetterLower(character) || character == '_'));
    }
}
