using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace RawWebSocket.Tests;

public class WebSocketRequestTests
{
    private readonly DefaultHttpContext _context = new();

    [Fact]
    public void It_is_as_the_request_was_and_stays_so()
    {
        var request = _context.Request;
        request.Scheme = "https";
        request.Host = new HostString("example.org", 8080);
        request.PathBase = "/base";
        request.Path = "/räume/1";
        request.QueryString = new QueryString("?since=7&since=8");
        request.RouteValues["room"] = "1";
        _context.TraceIdentifier = "trace 1";
        _context.Connection.RemoteIpAddress = IPAddress.Loopback;
        _context.Connection.RemotePort = 4711;

        var snapshot = new WebSocketRequest(_context);
        request.Path = "/other";
        request.RouteValues["room"] = "2";

        snapshot.Scheme.ShouldBe("https");
        snapshot.Host.ShouldBe(new HostString("example.org", 8080));
        snapshot.PathBase.ShouldBe(new PathString("/base"));
        snapshot.Path.ShouldBe(new PathString("/räume/1"));
        snapshot.QueryString.Value.ShouldBe("?since=7&since=8");
        snapshot.Query["since"].ShouldBe(["7", "8"]);
        snapshot.RouteValues["room"].ShouldBe("1");
        snapshot.TraceIdentifier.ShouldBe("trace 1");
        snapshot.RemoteIpAddress.ShouldBe(IPAddress.Loopback);
        snapshot.RemotePort.ShouldBe(4711);
        snapshot.User.Identity!.IsAuthenticated.ShouldBeFalse();
    }

    [Fact]
    public void What_a_request_does_not_have_is_empty()
    {
        var snapshot = new WebSocketRequest(_context);
        snapshot.Host.HasValue.ShouldBeFalse();
        snapshot.Path.HasValue.ShouldBeFalse();
        snapshot.QueryString.HasValue.ShouldBeFalse();
        snapshot.Query.ShouldBeEmpty();
        snapshot.Headers.ShouldBeEmpty();
        snapshot.Headers.Count.ShouldBe(0);
        snapshot.Headers["Origin"].ShouldBe(StringValues.Empty);
        snapshot.RemoteIpAddress.ShouldBeNull();
    }

    [Fact]
    public void Headers_keep_their_order_and_all_values_and_are_found_by_any_case()
    {
        var headers = _context.Request.Headers;
        headers["Origin"] = "https://example.org";
        headers["X-Many"] = new StringValues(["one", "", "three"]);
        headers["X-Long"] = new string('x', 300);

        var snapshot = new WebSocketRequest(_context).Headers;

        snapshot.Count.ShouldBe(3);
        snapshot.ToDictionary().ShouldBe(headers.ToDictionary(), ignoreOrder: true);
        snapshot["ORIGIN"].ToString().ShouldBe("https://example.org");
        snapshot["x-many"].ShouldBe(["one", "", "three"]);
        snapshot["x-long"].ToString().Length.ShouldBe(300);
        snapshot["X-Man"].ShouldBe(StringValues.Empty);
    }
}
