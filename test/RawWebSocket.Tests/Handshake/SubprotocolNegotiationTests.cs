using System.Diagnostics;
using System.Globalization;
using RawWebSocket.Handshake;

namespace RawWebSocket.Tests.Handshake;

public class SubprotocolNegotiationTests
{
    private readonly RawWebSocketOptions _options = new();

    private string? Choose(params string[] lines)
    {
        SubprotocolNegotiation.Negotiate(lines, _options, out var chosen).ShouldBeNull();
        return chosen;
    }

    private void Speak(params string[] subprotocols)
    {
        foreach (var subprotocol in subprotocols)
        {
            _options.Subprotocols.Add(subprotocol);
        }
    }

    [Fact]
    public void The_servers_order_decides_by_default()
    {
        Speak("v2.chat", "v1.chat");
        Choose("v1.chat, v2.chat").ShouldBe("v2.chat");
        Choose("v2.chat, v1.chat").ShouldBe("v2.chat");
    }

    [Fact]
    public void The_clients_order_decides_when_asked_for()
    {
        Speak("v2.chat", "v1.chat");
        _options.SubprotocolPreference = SubprotocolPreference.Client;
        Choose("other, v1.chat, v2.chat").ShouldBe("v1.chat");
        Choose("v2.chat, v1.chat").ShouldBe("v2.chat");
    }

    [Fact]
    public void Offers_are_gathered_over_several_lines_in_their_order()
    {
        Speak("a", "b", "c");
        _options.SubprotocolPreference = SubprotocolPreference.Client;
        Choose("x,\ty", "", " c ,b", "a").ShouldBe("c");
    }

    [Theory]
    [InlineData]
    [InlineData("")]
    [InlineData(" , ,")]
    [InlineData("other")]
    [InlineData("CHAT")]
    [InlineData("chat2, cha")]
    public void Without_an_offer_that_the_server_speaks_there_is_none(params string[] lines)
    {
        Speak("chat");
        Choose(lines).ShouldBeNull();
    }

    [Fact]
    public void A_server_that_speaks_none_never_picks_an_offer() => Choose("chat, superchat").ShouldBeNull();

    [Fact]
    public void Empty_elements_are_overlooked()
    {
        Speak("chat");
        Choose(",, chat ,,").ShouldBe("chat");
    }

    [Theory]
    [InlineData("a b")]
    [InlineData("chat;q=1")]
    [InlineData("\"chat\"")]
    [InlineData("chat/2")]
    [InlineData("chät")]
    [InlineData("chat, {}")]
    public void An_offer_that_is_no_token_is_refused_even_beside_a_good_one(string line)
    {
        Speak("chat");
        ShouldBeRefused(RefusalReason.SubprotocolMalformed, line);
    }

    [Theory]
    [InlineData("chat, chat")]
    [InlineData("other,chat,other")]
    [InlineData("chat", "chat")]
    public void An_offer_made_twice_is_refused(params string[] lines)
    {
        Speak("chat");
        ShouldBeRefused(RefusalReason.SubprotocolMalformed, lines);
    }

    [Fact]
    public void Offers_that_differ_in_case_are_different()
    {
        Speak("chat");
        Choose("CHAT, chat").ShouldBe("chat");
    }

    [Theory]
    [InlineData]
    [InlineData("other")]
    public void A_required_subprotocol_that_is_not_offered_is_refused_with_what_would_do(params string[] lines)
    {
        Speak("v2.chat", "v1.chat");
        _options.RequireSubprotocol = true;
        ShouldBeRefused(RefusalReason.SubprotocolMissing, lines).ShouldContain("v2.chat, v1.chat");
    }

    [Fact]
    public void A_required_subprotocol_that_is_offered_is_chosen()
    {
        Speak("chat");
        _options.RequireSubprotocol = true;
        Choose("chat").ShouldBe("chat");
    }

    [Fact]
    public void As_many_offers_as_fit_in_the_headers_buy_no_long_work()
    {
        Speak("chat");
        var offers = string.Join(',', Enumerable.Range(0, 10_000).Select(i => i.ToString("x", CultureInfo.InvariantCulture)));
        var watch = Stopwatch.StartNew();
        Choose(offers).ShouldBeNull();
        watch.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(1));
    }

    private string ShouldBeRefused(RefusalReason reason, params string[] lines)
    {
        var refused = SubprotocolNegotiation.Negotiate(lines, _options, out var chosen).ShouldNotBeNull();
        refused.Reason.ShouldBe(reason);
        refused.StatusCode.ShouldBe(400);
        return refused.Message;
    }
}
