using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.OutputCaching;

namespace RawWebSocket.Hosting;

/// <summary>What an endpoint tells middleware that is made for requests.</summary>
internal static class ConnectionMetadata
{
    private static readonly CookieRedirectDisabled NoCookieRedirect = new();
    private static readonly OutputCacheAttribute NoOutputCaching = new() { NoStore = true };

    public static IEndpointConventionBuilder AddTo(IEndpointConventionBuilder endpoint)
    {
        endpoint.WithMetadata(NoCookieRedirect);

        // Output caching holds a lock on the address for as long as the request lasts, so that others of the same address would wait for
        // the connection's end. Added last of all, since the last counts: a policy on the endpoint or its group is meant for responses.
        endpoint.Finally(static builder => builder.Metadata.Add(NoOutputCaching));
        return endpoint;
    }

    /// <summary>
    /// Cookie authentication answers with 401 and 403: a client of a WebSocket cannot follow a redirect to a page. <c>AllowCookieRedirect()</c>
    /// on the endpoint overrules it.
    /// </summary>
    private sealed class CookieRedirectDisabled : IDisableCookieRedirectMetadata;
}
