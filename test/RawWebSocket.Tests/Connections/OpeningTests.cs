using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using RawWebSocket.Compression;
using RawWebSocket.Connections;

namespace RawWebSocket.Tests.Connections;

public class OpeningTests
{
    private static readonly DateTimeOffset Expiry = new(2026, 11, 23, 4, 0, 0, TimeSpan.FromHours(2));

    private readonly DefaultHttpContext _context = new();
    private readonly object _gate = new();

    [Fact]
    public void Of_a_plain_one_nothing_is_kept_but_the_request()
    {
        var opening = Open();
        opening.Subprotocol.ShouldBeNull();
        opening.Compression.ShouldBeNull();
        opening.Extensions.ShouldBeNull();
        opening.UserId.ShouldBeNull();
        opening.AuthenticatedUntil.ShouldBeNull();
    }

    [Fact]
    public void A_subprotocol_alone_is_kept() => Open(subprotocol: "chat").Subprotocol.ShouldBe("chat");

    [Fact]
    public void Compression_alone_is_kept() =>
        Open(compression: new DeflateAgreement(true, false, null, null)).Extensions.ShouldNotBeNull();

    [Fact]
    public void A_user_alone_is_kept()
    {
        _context.User = new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.NameIdentifier, "ann")], "test"));
        Open().UserId.ShouldBe("ann");
    }

    [Fact]
    public void The_expiry_of_a_ticket_without_a_name_is_kept()
    {
        var ticket = new AuthenticationTicket(new ClaimsPrincipal(), new AuthenticationProperties { ExpiresUtc = Expiry }, "test");
        _context.Features.Set<IAuthenticateResultFeature>(new Authenticated { AuthenticateResult = AuthenticateResult.Success(ticket) });
        Open().AuthenticatedUntil.ShouldBe(Expiry);
    }

    [Fact]
    public async Task The_request_is_one_object_whoever_asks_for_it_and_whenever_it_is_kept()
    {
        for (var run = 0; run < 200; run++)
        {
            var opening = Open();
            var requests = await Task.WhenAll(
                Task.Run(() => opening.Request(_gate)),
                Task.Run(() => opening.KeepRequest(_gate)),
                Task.Run(() => opening.Request(_gate)),
                Task.Run(() => opening.KeepRequest(_gate)));
            requests.ShouldAllBe(request => ReferenceEquals(request, opening.Request(_gate)));
        }
    }

    [Fact]
    public void A_request_that_is_kept_is_what_it_was_whatever_becomes_of_the_servers()
    {
        _context.Request.Path = "/chat";
        var opening = Open();
        opening.KeepRequest(_gate);
        _context.Request.Path = "/other";
        opening.Request(_gate).Path.Value.ShouldBe("/chat");
    }

    private Opening Open(string? subprotocol = null, DeflateAgreement? compression = null) =>
        new(_context, new RawWebSocketOptions(), subprotocol, compression);

    private sealed class Authenticated : IAuthenticateResultFeature
    {
        public AuthenticateResult? AuthenticateResult { get; set; }
    }
}
