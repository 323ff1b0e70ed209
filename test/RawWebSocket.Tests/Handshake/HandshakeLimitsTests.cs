using RawWebSocket.Handshake;

namespace RawWebSocket.Tests.Handshake;

public class HandshakeLimitsTests
{
    private readonly HandshakeRequest _request = new();

    [Fact]
    public void Names_and_values_of_all_header_lines_count_to_the_byte()
    {
        var bytes = _request.Http.Headers.Sum(header => header.Value.Sum(line => header.Key.Length + line!.Length));

        // "Cookie" twice, of which one has a letter of two bytes.
        _request.With("Cookie", "a=1", "b=ä");
        _request.Options.MaxHandshakeHeaderBytes = bytes + 6 + 3 + 6 + 4;
        _request.ShouldBeAccepted();

        _request.Options.MaxHandshakeHeaderBytes--;
        _request.ShouldBeRefused(RefusalReason.HeaderBytes, 431).Message.ShouldBe(
            $"The request's headers have {bytes + 19} bytes; the limit is {bytes + 18} (MaxHandshakeHeaderBytes).");
    }

    [Fact]
    public void By_default_whatever_the_server_has_taken_is_taken() =>
        _request.With("Cookie", new string('c', 1024 * 1024)).ShouldBeAccepted();

    [Theory]
    [InlineData("Sec-WebSocket-Protocol", "subprotocol_offers")]
    [InlineData("Sec-WebSocket-Extensions", "extension_offers")]
    public void By_default_32_offers_are_looked_at_and_33_are_not(string header, string tag)
    {
        var offers = Enumerable.Range(0, 32).Select(number => $"offer-{number}").ToList();
        _request.With(header, string.Join(",", offers)).ShouldBeAccepted();
        var refused = _request.With(header, string.Join(",", offers), "one-more").Examine().ShouldBeOfType<HandshakeVerdict.Refused>();
        refused.Reason.Tag().ShouldBe(tag);
        refused.StatusCode.ShouldBe(400);
        refused.Message.ShouldBe($"The {header} header has 33 offers; the limit is 32 (MaxHandshakeOffers).");
    }

    [Fact]
    public void Subprotocols_and_extensions_are_counted_apart()
    {
        _request.Options.MaxHandshakeOffers = 1;
        _request.With("Sec-WebSocket-Protocol", "a").With("Sec-WebSocket-Extensions", "b; c; d=1").ShouldBeAccepted();
    }

    [Fact]
    public void Offers_are_counted_before_the_list_is_parsed() =>
        _request.With("Sec-WebSocket-Protocol", string.Join(",", Enumerable.Repeat("offered twice", 33)))
            .ShouldBeRefused(RefusalReason.SubprotocolOffers, 400);

    [Fact]
    public void Counting_allocates_nothing_for_each_offer()
    {
        _request.With("Sec-WebSocket-Protocol", string.Join(",", Enumerable.Range(0, 2000).Select(number => $"{number}")));

        // The least of several, since the runtime allocates on this thread too, when it compiles what has become hot.
        var least = long.MaxValue;
        for (var i = 0; i < 20; i++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            var count = HeaderTokens.Count(_request.Http.Headers.SecWebSocketProtocol);
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
            count.ShouldBe(2000);
        }

        least.ShouldBe(0);
    }
}
