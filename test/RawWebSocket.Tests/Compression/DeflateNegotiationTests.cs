using Microsoft.Extensions.Primitives;
using RawWebSocket.Compression;

namespace RawWebSocket.Tests.Compression;

public class DeflateNegotiationTests
{
    [Theory]
    [InlineData("permessage-deflate", "permessage-deflate")]
    [InlineData(" permessage-deflate ", "permessage-deflate")]
    [InlineData("permessage-deflate; client_max_window_bits", "permessage-deflate")]
    [InlineData("permessage-deflate; client_max_window_bits=15", "permessage-deflate")]
    [InlineData("permessage-deflate; client_max_window_bits=8", "permessage-deflate; client_max_window_bits=8")]
    [InlineData("permessage-deflate; client_max_window_bits = \"1\\0\"", "permessage-deflate; client_max_window_bits=10")]
    [InlineData("permessage-deflate; server_max_window_bits=15", "permessage-deflate; server_max_window_bits=15")]
    [InlineData("permessage-deflate; server_max_window_bits=9", "permessage-deflate; server_max_window_bits=9")]
    [InlineData("permessage-deflate; server_max_window_bits=\"10\"", "permessage-deflate; server_max_window_bits=10")]
    [InlineData("permessage-deflate;server_no_context_takeover", "permessage-deflate; server_no_context_takeover")]
    [InlineData("permessage-deflate;client_no_context_takeover", "permessage-deflate; client_no_context_takeover")]
    [InlineData(
        "permessage-deflate; client_max_window_bits=12; server_max_window_bits=11; client_no_context_takeover; server_no_context_takeover",
        "permessage-deflate; server_no_context_takeover; client_no_context_takeover; server_max_window_bits=11; client_max_window_bits=12")]
    public void An_offer_is_agreed_to_as_it_stands_by_a_server_that_wants_nothing(string offer, string answer) =>
        Answer(offer).ShouldBe(answer);

    [Theory]
    [InlineData("")]
    [InlineData("permessage-bzip2")]
    [InlineData("Permessage-Deflate")]
    [InlineData("x-webkit-deflate-frame")]
    [InlineData("permessage-deflate; Server_no_context_takeover")]
    [InlineData("permessage-deflate; server_no_context_takeover=1")]
    [InlineData("permessage-deflate; server_no_context_takeover=\"\"")]
    [InlineData("permessage-deflate; client_no_context_takeover=true")]
    [InlineData("permessage-deflate; server_no_context_takeover; server_no_context_takeover")]
    [InlineData("permessage-deflate; client_no_context_takeover; client_no_context_takeover")]
    [InlineData("permessage-deflate; server_max_window_bits=10; server_max_window_bits=10")]
    [InlineData("permessage-deflate; client_max_window_bits; client_max_window_bits")]
    [InlineData("permessage-deflate; client_max_window_bits; client_max_window_bits=10")]
    [InlineData("permessage-deflate; server_max_window_bits")]
    [InlineData("permessage-deflate; server_max_window_bits=7")]
    [InlineData("permessage-deflate; server_max_window_bits=16")]
    [InlineData("permessage-deflate; server_max_window_bits=0")]
    [InlineData("permessage-deflate; server_max_window_bits=09")]
    [InlineData("permessage-deflate; server_max_window_bits=010")]
    [InlineData("permessage-deflate; server_max_window_bits=+9")]
    [InlineData("permessage-deflate; server_max_window_bits=-9")]
    [InlineData("permessage-deflate; server_max_window_bits=1 0")]
    [InlineData("permessage-deflate; server_max_window_bits=\" 10\"")]
    [InlineData("permessage-deflate; server_max_window_bits=\"10")]
    [InlineData("permessage-deflate; server_max_window_bits=10.0")]
    [InlineData("permessage-deflate; server_max_window_bits=a")]
    [InlineData("permessage-deflate; client_max_window_bits=")]
    [InlineData("permessage-deflate; client_max_window_bits=\"\"")]
    [InlineData("permessage-deflate; client_max_window_bits=7")]
    [InlineData("permessage-deflate; client_max_window_bits=08")]
    [InlineData("permessage-deflate; client_max_window_bits=16")]
    [InlineData("permessage-deflate; client_max_window_bits=99999999999")]
    [InlineData("permessage-deflate; unknown")]
    [InlineData("permessage-deflate; unknown=1")]
    [InlineData("permessage-deflate;")]
    [InlineData("permessage-deflate;;")]
    [InlineData("permessage-deflate=1")]
    [InlineData("permessage-deflate client_max_window_bits")]
    public void An_offer_that_breaks_the_rules_is_declined(string offer) => Answer(offer).ShouldBeNull();

    [Fact]
    public void A_window_of_8_bits_is_declined_because_zlib_cannot_make_it() =>
        Answer("permessage-deflate; server_max_window_bits=8").ShouldBeNull();

    [Theory]
    [InlineData("permessage-deflate; server_max_window_bits=8, permessage-deflate; server_max_window_bits=10")]
    [InlineData("permessage-deflate; unknown, permessage-deflate; server_max_window_bits=10, permessage-deflate")]
    [InlineData("foo, , bar; baz=1,permessage-deflate; server_max_window_bits=10")]
    [InlineData("permessage-deflate; server_max_window_bits=10, permessage-deflate; client_no_context_takeover")]
    [InlineData("permessage-deflate; server_max_window_bits=10, permessage-deflate; server_max_window_bits=10")]
    public void The_first_offer_that_can_be_kept_is_agreed_to(string offers) =>
        Answer(offers).ShouldBe("permessage-deflate; server_max_window_bits=10");

    [Fact]
    public void Offers_on_several_lines_are_one_list() =>
        DeflateNegotiation.Negotiate(
                new StringValues(["foo", "permessage-deflate; unknown", "permessage-deflate; client_no_context_takeover"]),
                new DeflateTerms())
            ?.ToString().ShouldBe("permessage-deflate; client_no_context_takeover");

    [Fact]
    public void A_server_may_give_up_its_own_context_unasked() =>
        Answer("permessage-deflate", new(ServerNoContextTakeover: true)).ShouldBe("permessage-deflate; server_no_context_takeover");

    [Fact]
    public void A_server_may_forbid_the_clients_context_unasked() =>
        Answer("permessage-deflate", new(ClientNoContextTakeover: true)).ShouldBe("permessage-deflate; client_no_context_takeover");

    [Theory]
    [InlineData("permessage-deflate", 12)]
    [InlineData("permessage-deflate; server_max_window_bits=15", 12)]
    [InlineData("permessage-deflate; server_max_window_bits=13", 12)]
    [InlineData("permessage-deflate; server_max_window_bits=11", 11)]
    public void The_smaller_of_both_wishes_is_the_servers_window(string offer, int bits)
    {
        var agreement = DeflateNegotiation.Negotiate(offer, new DeflateTerms(ServerMaxWindowBits: 12)).ShouldNotBeNull();
        agreement.ServerWindowBits.ShouldBe(bits);
        agreement.ToString().ShouldBe($"permessage-deflate; server_max_window_bits={bits}");
    }

    [Theory]
    [InlineData("permessage-deflate; client_max_window_bits", 12)]
    [InlineData("permessage-deflate; client_max_window_bits=15", 12)]
    [InlineData("permessage-deflate; client_max_window_bits=13", 12)]
    [InlineData("permessage-deflate; client_max_window_bits=11", 11)]
    public void A_client_that_can_be_limited_is_limited_to_the_smaller_of_both_wishes(string offer, int bits)
    {
        var agreement = DeflateNegotiation.Negotiate(offer, new DeflateTerms(ClientMaxWindowBits: 12)).ShouldNotBeNull();
        agreement.ClientWindowBits.ShouldBe(bits);
        agreement.ToString().ShouldBe($"permessage-deflate; client_max_window_bits={bits}");
    }

    [Fact]
    public void A_client_that_cannot_be_limited_is_not_and_has_15_bits()
    {
        var agreement = DeflateNegotiation.Negotiate("permessage-deflate", new DeflateTerms(ClientMaxWindowBits: 10)).ShouldNotBeNull();
        agreement.ClientWindowBits.ShouldBe(15);
        agreement.ToString().ShouldBe("permessage-deflate");
    }

    [Fact]
    public void What_is_not_said_is_15_bits_and_takeover()
    {
        var agreement = DeflateNegotiation.Negotiate("permessage-deflate", new DeflateTerms()).ShouldNotBeNull();
        agreement.ShouldBe(new DeflateAgreement(false, false, null, null));
        agreement.ServerWindowBits.ShouldBe(15);
        agreement.ClientWindowBits.ShouldBe(15);
    }

    private static string? Answer(string offers, DeflateTerms? terms = null) =>
        DeflateNegotiation.Negotiate(offers, terms ?? new DeflateTerms())?.ToString();
}
