using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Net.Http.Headers;
using RawWebSocket.Diagnostics;

namespace RawWebSocket.Hosting;

/// <summary>
/// Finds out that the answer to a handshake has renewed the cookie which opened it. Cookie authentication renews while the response starts
/// and leaves the request's ticket as it was, so the new time is read where the client will read it: in the cookie that it is given.
/// </summary>
internal static class TicketRenewal
{
    /// <summary>When the user's authentication expires that was renewed; null when it was not. To be asked after the 101.</summary>
    /// <param name="context">The request, answered.</param>
    /// <param name="until">When it would expire otherwise.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Told when it cannot be found out, which is no reason to end a connection that has just been opened.</param>
    public static async ValueTask<DateTimeOffset?> FindAsync(HttpContext context, DateTimeOffset until, TimeProvider time, ILogger logger)
    {
        if (context.Response.Headers.SetCookie.Count == 0)
        {
            return null;
        }

        try
        {
            return await EarliestAsync(context, time).ConfigureAwait(false) is { } earliest && earliest > until ? earliest : null;
        }
        catch (Exception exception)
        {
            Log.RenewalUnknown(logger, context.Request.Path, exception);
            return null;
        }
    }

    // Where an endpoint names several schemes, authorization has made one ticket of theirs, which expires with the first of them.
    private static async ValueTask<DateTimeOffset?> EarliestAsync(HttpContext context, TimeProvider time)
    {
        DateTimeOffset? earliest = null;
        var ticket = context.Features.Get<IAuthenticateResultFeature>()?.AuthenticateResult?.Ticket;
        foreach (var scheme in ticket?.AuthenticationScheme.Split(';') ?? [])
        {
            if (await UntilAsync(context, scheme, time).ConfigureAwait(false) is { } expires && (earliest is null || expires < earliest))
            {
                earliest = expires;
            }
        }

        return earliest;
    }

    // Asking for a scheme's ticket again costs nothing: its handler keeps it for as long as the request.
    private static async ValueTask<DateTimeOffset?> UntilAsync(HttpContext context, string scheme, TimeProvider time)
    {
        var handlers = context.RequestServices.GetService<IAuthenticationHandlerProvider>();
        if (handlers is null || await handlers.GetHandlerAsync(context, scheme).ConfigureAwait(false) is not { } handler)
        {
            return null;
        }

        if (await handler.AuthenticateAsync().ConfigureAwait(false) is not { Ticket: { } ticket })
        {
            return null;
        }

        // A policy scheme has let another one authenticate.
        handler = ticket.AuthenticationScheme == scheme
            ? handler
            : await handlers.GetHandlerAsync(context, ticket.AuthenticationScheme).ConfigureAwait(false);
        return handler is CookieAuthenticationHandler { Options: var options }
            ? RenewedUntil(context, options, ticket.Properties, time) ?? ticket.Properties.ExpiresUtc
            : ticket.Properties.ExpiresUtc;
    }

    private static DateTimeOffset? RenewedUntil(
        HttpContext context, CookieAuthenticationOptions options, AuthenticationProperties old, TimeProvider time)
    {
        if (GivenCookie(context, options) is not { Length: > 0 } cookie)
        {
            return null;
        }

        // A cookie that only names a session on the server has no time in it; the session gets the same time again, from now on.
        return options.TicketDataFormat.Unprotect(cookie)?.Properties.ExpiresUtc
            ?? time.GetUtcNow() + (old.ExpiresUtc - old.IssuedUtc);
    }

    // The options' own manager puts a cookie together that was given in chunks, when it is shown what the client will send next. What is no
    // cookie at all is passed over, as the client does.
    private static string? GivenCookie(HttpContext context, CookieAuthenticationOptions options)
    {
        if (!SetCookieHeaderValue.TryParseList(context.Response.Headers.SetCookie.ToArray()!, out var given))
        {
            return null;
        }

        var next = new DefaultHttpContext { RequestServices = context.RequestServices };
        next.Request.Headers.Cookie = string.Join("; ", given.Select(static cookie => $"{cookie.Name}={cookie.Value}"));
        return options.CookieManager.GetRequestCookie(next, options.Cookie.Name!);
    }
}
