using RawWebSocket.Handshake;

namespace RawWebSocket.Tests.Handshake;

public class ExtensionOffersTests
{
    [Theory]
    [InlineData("permessage-deflate")]
    [InlineData("permessage-deflate; client_max_window_bits")]
    [InlineData("permessage-deflate;client_max_window_bits=15;server_no_context_takeover")]
    [InlineData("permessage-deflate; server_max_window_bits=\"10\"")]
    [InlineData("a; b = 1 , c ; d = \"e\"")]
    [InlineData("a; b=\"\\1\\0\"")]
    [InlineData("a, , b,")]
    [InlineData("")]
    public void Offers_that_follow_the_grammar_are_well_formed(string offers) => ExtensionOffers.AreWellFormed(offers).ShouldBeTrue();

    [Fact]
    public void Offers_may_stand_on_several_lines() => ExtensionOffers.AreWellFormed(new[] { "a; b", "c; d=1" }).ShouldBeTrue();

    [Fact]
    public void One_broken_line_spoils_them_all() => ExtensionOffers.AreWellFormed(new[] { "a", "b c" }).ShouldBeFalse();

    [Theory]
    [InlineData(";")]
    [InlineData("a;")]
    [InlineData("; b")]
    [InlineData("a b")]
    [InlineData("a=1")]
    [InlineData("a; =1")]
    [InlineData("a; b=")]
    [InlineData("a; b=c=d")]
    [InlineData("a; b=\"")]
    [InlineData("a; b=\"\"")]
    [InlineData("a; b=\"c")]
    [InlineData("a; b=\"c d\"")]
    [InlineData("a; b=\"c,d\"")]
    [InlineData("a; b=\"c;d\"")]
    [InlineData("a; b=\"c\\\"")]
    [InlineData("a; b=\"\\,\"")]
    [InlineData("a; b=\"c\"d\"")]
    [InlineData("ä")]
    public void Offers_that_break_the_grammar_are_not(string offers) => ExtensionOffers.AreWellFormed(offers).ShouldBeFalse();
}
