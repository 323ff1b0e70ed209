using System.Globalization;
using Microsoft.Extensions.Options;
using RawWebSocket.Handshake;

namespace RawWebSocket;

/// <summary>Checks every option and reports all faults at once, each with its value and what to set instead.</summary>
internal sealed partial class RawWebSocketOptionsValidator : IValidateOptions<RawWebSocketOptions>
{
    private static readonly RawWebSocketOptions Defaults = new();

    public ValidateOptionsResult Validate(string? name, RawWebSocketOptions options)
    {
        var failures = new List<string>();
        CheckSizes(options, failures);
        CheckRates(options, failures);
        CheckTimes(options, failures);
        CheckServer(options.Server, failures);
        CheckCompression(options.Compression, failures);
        CheckSubprotocols(options, failures);
        CheckOrigins(options.AllowedOrigins, failures);
        if (options.UserIdentifier is null)
        {
            failures.Add(Failure(
                nameof(options.UserIdentifier), "null", "set it to a function, which may return null for no user, or leave it as it was"));
        }

        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    private static void CheckSubprotocols(RawWebSocketOptions options, List<string> failures)
    {
        const string Option = nameof(options.Subprotocols);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < options.Subprotocols.Count; i++)
        {
            var subprotocol = options.Subprotocols[i];
            if (!HeaderTokens.IsToken(subprotocol))
            {
                failures.Add(Failure(
                    Element(Option, i), Quote(subprotocol), "set it to a token: letters, digits and !#$%&'*+-.^_`|~ only, at least one"));
            }
            else if (!seen.Add(subprotocol))
            {
                failures.Add(Failure(Element(Option, i), Quote(subprotocol), "remove it, because it is listed before"));
            }
        }

        if (!Enum.IsDefined(options.SubprotocolPreference))
        {
            failures.Add(Failure(
                nameof(options.SubprotocolPreference),
                options.SubprotocolPreference.ToString(),
                $"set it to {nameof(SubprotocolPreference.Server)} (default) or {nameof(SubprotocolPreference.Client)}"));
        }

        if (options.RequireSubprotocol && options.Subprotocols.Count == 0)
        {
            failures.Add(Failure(
                nameof(options.RequireSubprotocol),
                "true",
                $"add a subprotocol to {nameof(RawWebSocketOptions)}.{Option}, which is empty, or set it to false (default)"));
        }
    }

    private static void CheckOrigins(IList<string> origins, List<string> failures)
    {
        for (var i = 0; i < origins.Count; i++)
        {
            if (OriginRemedy(origins[i]) is { } remedy)
            {
                failures.Add(Failure(Element(nameof(RawWebSocketOptions.AllowedOrigins), i), Quote(origins[i]), remedy));
            }
        }
    }

    // What to do about something that could never match an Origin header; null when it could.
    private static string? OriginRemedy(string? text)
    {
        const string AllowAnyOrigin = $"{nameof(RawWebSocketOptions)}.{nameof(RawWebSocketOptions.AllowAnyOrigin)}";
        const string IsOriginAllowed = $"{nameof(RawWebSocketOptions)}.{nameof(RawWebSocketOptions.IsOriginAllowed)}";
        return text switch
        {
            "*" => $"list each origin, or set {AllowAnyOrigin} to allow every one",
            "null" => $"remove it, because any site can send it from a sandboxed frame; only {AllowAnyOrigin} or {IsOriginAllowed} allows it",
            not null when text.Contains('*') => $"list each origin, since there are no wildcards, or decide in {IsOriginAllowed}",
            not null when text.StartsWith("file:", StringComparison.OrdinalIgnoreCase) =>
                $"remove it, because files have no origin that can be compared; decide in {IsOriginAllowed}",
            not null when Origin.TryParse(text, out _) => null,
            not null when WithoutPath(text) is { } origin => $"set it to '{origin}', without a path or trailing slash",
            _ => "set it to scheme://host or scheme://host:port, such as https://example.com",
        };
    }

    private static string? WithoutPath(string text)
    {
        var host = text.IndexOf("://", StringComparison.Ordinal) + 3;
        var path = host < 3 ? -1 : text.AsSpan(host).IndexOfAny("/?#");
        return path >= 0 && Origin.TryParse(text.AsSpan(0, host + path), out _) ? text[..(host + path)] : null;
    }

    private static string Failure(string option, string value, string remedy) =>
        $"{nameof(RawWebSocketOptions)}.{option} is {value}; {remedy}.";

    private static string Element(string option, int index) => $"{option}[{Text(index)}]";

    private static string Quote(string? value) => value is null ? "null" : $"'{value}'";

    private static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Text(TimeSpan value) => value.ToString("c", CultureInfo.InvariantCulture);
}
