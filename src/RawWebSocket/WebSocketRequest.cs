using System.Net;
using System.Security.Claims;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Features.Authentication;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.WebUtilities;
using RawWebSocket.Handshake;

namespace RawWebSocket;

/// <summary>
/// The request that opened a connection, as a snapshot of its own: it stays valid for as long as the connection is held and
/// leans on no <see cref="HttpContext"/>.
/// </summary>
public sealed class WebSocketRequest
{
    private static readonly RouteValueDictionary NoRouteValues = [];

    // The places of what stands before the headers.
    private const int TraceIdentifierPlace = 0;
    private const int HostPlace = 1;
    private const int PathBasePlace = 2;
    private const int PathPlace = 3;
    private const int QueryPlace = 4;
    private const int HeadersPlace = 5;

    private readonly PackedStrings _strings;
    private ClaimsPrincipal? _user;

    /// <summary>Takes the snapshot.</summary>
    /// <param name="context">The request, before the 101.</param>
    public WebSocketRequest(HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var request = context.Request;
        _user = UserOf(context);
        _strings = Pack(context);
        Scheme = request.Scheme;
        RouteValues = request.RouteValues.Count == 0 ? NoRouteValues : new RouteValueDictionary(request.RouteValues);
        RemoteIpAddress = context.Features.Get<IHttpConnectionFeature>()?.RemoteIpAddress;
        RemotePort = context.Features.Get<IHttpConnectionFeature>()?.RemotePort ?? 0;
    }

    /// <summary>Who opened the connection, as authentication left it; anonymous when nothing authenticated.</summary>
    public ClaimsPrincipal User => _user ?? LazyInitializer.EnsureInitialized(ref _user, Nobody);

    /// <summary><c>http</c> or <c>https</c>; behind a proxy, as forwarded headers say when that middleware runs.</summary>
    public string Scheme { get; }

    /// <summary>The <c>Host</c> header.</summary>
    public HostString Host => new(_strings[HostPlace]);

    /// <summary>The part of the path that a path-base middleware took off.</summary>
    public PathString PathBase => new(_strings[PathBasePlace]);

    /// <summary>The path.</summary>
    public PathString Path => new(_strings[PathPlace]);

    /// <summary>The raw query, with its question mark.</summary>
    public QueryString QueryString => _strings[QueryPlace] is { Length: > 0 } query ? new(query) : QueryString.Empty;

    /// <summary>The query's values, parsed at the first use.</summary>
    public IQueryCollection Query => field ??= new QueryCollection(QueryHelpers.ParseQuery(QueryString.Value));

    /// <summary>The request's headers.</summary>
    public WebSocketHeaderCollection Headers => field ??= new(_strings, _strings.OffsetOf(HeadersPlace));

    /// <summary>The values of the route pattern's parameters.</summary>
    public RouteValueDictionary RouteValues { get; }

    /// <summary>The peer's address; null where the server has none (TestServer, Unix sockets).</summary>
    public IPAddress? RemoteIpAddress { get; }

    /// <summary>The peer's port; 0 where the server has none.</summary>
    public int RemotePort { get; }

    /// <summary>The request's identifier, as it stands in the server's own logs.</summary>
    public string TraceIdentifier => _strings[TraceIdentifierPlace];

    /// <summary>Who was authenticated; null for nobody. Asking the context would make one, which lives as long as the connection.</summary>
    internal static ClaimsPrincipal? UserOf(HttpContext context) => context.Features.Get<IHttpAuthenticationFeature>()?.User;

    private static ClaimsPrincipal Nobody() => new(new ClaimsIdentity());

    private static PackedStrings Pack(HttpContext context)
    {
        var request = context.Request;
        var strings = new List<string>
        {
            context.TraceIdentifier,
            request.Host.Value ?? "",
            request.PathBase.Value ?? "",
            request.Path.Value ?? "",
            request.QueryString.Value ?? "",
        };
        foreach (var (name, values) in request.Headers)
        {
            foreach (var value in values)
            {
                strings.Add(name);
                strings.Add(value ?? "");
            }
        }

        return PackedStrings.Of(strings);
    }
}
