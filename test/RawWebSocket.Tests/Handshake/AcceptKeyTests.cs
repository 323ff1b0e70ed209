using System.Security.Cryptography;
using System.Text;
using RawWebSocket.Handshake;

namespace RawWebSocket.Tests.Handshake;

public class AcceptKeyTests
{
    [Fact]
    public void The_accept_key_of_the_rfcs_sample_is_the_rfcs() =>
        AcceptKey.For("dGhlIHNhbXBsZSBub25jZQ==").ShouldBe("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");

    [Fact]
    public void Whatever_16_bytes_a_client_draws_the_key_is_accepted_and_hashed_with_the_guid()
    {
        for (var i = 0; i < 1000; i++)
        {
            var key = Convert.ToBase64String(RandomNumberGenerator.GetBytes(16));
            AcceptKey.IsKey(key).ShouldBeTrue(key);
#pragma warning disable CA5350 // SHA-1 is weak, but RFC 6455 section 4.2.2 demands it, and it guards nothing here.
            var hash = SHA1.HashData(Encoding.ASCII.GetBytes(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"));
#pragma warning restore CA5350
            AcceptKey.For(key).ShouldBe(Convert.ToBase64String(hash));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("AAAAAAAAAAAAAAAAAAAA")] // 15 bytes
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAA=")] // 17 bytes
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAA")] // 18 bytes
    [InlineData("AAAAAAAAAAAAAAAAAAAAAA")] // no padding
    [InlineData("AAAAAAAAAAAAAAAAAAAAA===")]
    [InlineData("AAAAAAAAAA AAAAAAAAAAA==")]
    [InlineData("AAAAAAAAAA-_AAAAAAAAAA==")] // the URL's alphabet
    [InlineData("AAAAAAAAAA=AAAAAAAAAAA==")]
    [InlineData("ÀAAAAAAAAAAAAAAAAAAAAA==")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAA==\n")]
    public void A_key_that_is_not_16_bytes_in_base64_is_none(string key) => AcceptKey.IsKey(key).ShouldBeFalse();

    [Theory]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAA==")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAQ==")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAB==")] // bits set that stand for nothing
    [InlineData("AAAAAAAAAAAAAAAAAAAAAg==")]
    [InlineData("/+9zAAAAAAAAAAAAAAAAAw==")]
    public void All_four_last_characters_that_16_bytes_can_have_are_accepted(string key) => AcceptKey.IsKey(key).ShouldBeTrue();
}
