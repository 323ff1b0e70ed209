using System.Net;
using System.Security.Claims;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Features.Authentication;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.WebUtilities;

namespace RawWebSocket;

/// <summary>
/// The request that opened a connection, as a snapshot of its own: it stays valid for as long as the connection is held and
/// leans on no <see cref="HttpContext"/>.
/// </summary>
public sealed class WebSocketRequest
{
    /// <summary>Takes the snapshot.</summary>
    /// <param name="context">The request, before the 101.</param>
    public WebSocketRequest(HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var request = context.Request;
        _user = UserOf(context);
        Scheme = request.Scheme;
        Host = request.Host;
        PathBase = request.PathBase;
        Path = request.Path;
        QueryString = request.QueryString;
        Headers = new WebSocketHeaderCollection(request.Headers);
        RouteValues = request.RouteValues.Count == 0 ? NoRouteValues : new RouteValueDictionary(request.RouteValues);
        RemoteIpAddress = context.Features.Get<IHttpConnectionFeature>()?.RemoteIpAddress;
        RemotePort = context.Features.Get<IHttpConnectionFeature>()?.RemotePort ?? 0;
        TraceIdentifier = context.TraceIdentifier;
    }

    private static readonly RouteValueDictionary NoRouteValues = [];

    private ClaimsPrincipal? _user;

    /// <summary>Who opened the connection, as authentication left it; anonymous when nothing authenticated.</summary>
    public ClaimsPrincipal User => _user ?? LazyInitializer.EnsureInitialized(ref _user, Nobody);

    /// <summary><c>http</c> or <c>https</c>; behind a proxy, as forwarded headers say when that middleware runs.</summary>
    public string Scheme { get; }

    /// <summary>The <c>Host</c> header.</summary>
    public HostString Host { get; }

    /// <summary>The part of the path that a path-base middleware took off.</summary>
    public PathString PathBase { get; }

    /// <summary>The path.</summary>
    public PathString Path { get; }

    /// <summary>The raw query, with its question mark.</summary>
    public QueryString QueryString { get; }

    /// <summary>The query's values, parsed at the first use.</summary>
    public IQueryCollection Query => field ??= new QueryCollection(QueryHelpers.ParseQuery(QueryString.Value));

    /// <summary>The request's headers.</summary>
    public WebSocketHeaderCollection Headers { get; }

    /// <summary>The values of the route pattern's parameters.</summary>
    public RouteValueDictionary RouteValues { get; }

    /// <summary>The peer's address; null where the server has none (TestServer, Unix sockets).</summary>
    public IPAddress? RemoteIpAddress { get; }

    /// <summary>The peer's port; 0 where the server has none.</summary>
    public int RemotePort { get; }

    private static ClaimsPrincipal Nobody() => new(new ClaimsIdentity());

    /// <summary>Who was authenticated; null for nobody. Asking the context would make one, which lives as long as the connection.</summary>
    internal static ClaimsPrincipal? UserOf(HttpContext context) => context.Features.Get<IHttpAuthenticationFeature>()?.User;

    /// <summary>The request's identifier, as it stands in the server's own logs.</summary>
    public string TraceIdentifier { get; }
}
