using RawWebSocket.Handshake;

namespace RawWebSocket.Tests.Handshake;

public class HeaderTokensTests
{
    [Theory]
    [InlineData("token", true)]
    [InlineData("a,token", true)]
    [InlineData(" \tTOKEN\t , b", true)]
    [InlineData(",,token,,", true)]
    [InlineData("", false)]
    [InlineData(",", false)]
    [InlineData("tokens", false)]
    [InlineData("a token", false)]
    [InlineData("token;q=1", false)]
    [InlineData("\"token\"", false)]
    [InlineData("\vtoken", false)]
    public void A_list_contains_a_token_as_a_whole_element_in_any_case(string list, bool isContained) =>
        HeaderTokens.Contains(list, "token").ShouldBe(isContained);

    [Fact]
    public void Lists_on_several_lines_are_one_list() => HeaderTokens.Contains(new[] { "a, b", "", "c, token" }, "token").ShouldBeTrue();

    [Fact]
    public void No_line_contains_no_token() => HeaderTokens.Contains(default, "token").ShouldBeFalse();

    [Fact]
    public void A_kelvin_sign_is_no_k() => HeaderTokens.Contains("websoc\u212Aet", "websocket").ShouldBeFalse();

    [Fact]
    public void A_token_is_made_of_the_characters_that_the_rfc_lists()
    {
        const string Separators = "()<>@,;:\\\"/[]?={} \t";
        for (var character = '\0'; character < 0x180; character++)
        {
            var isToken = character is > ' ' and < '\x7F' && !Separators.Contains(character);
            HeaderTokens.IsToken([character]).ShouldBe(isToken, $"U+{(int)character:X4}");
        }
    }

    [Fact]
    public void Nothing_is_no_token() => HeaderTokens.IsToken("").ShouldBeFalse();
}
