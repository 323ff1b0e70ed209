namespace RawWebSocket.Abuse.Reporting;

/// <summary>Configuration as a reader wants to see it: the option's own name and its value.</summary>
internal static class SettingsText
{
    public static string Of(IReadOnlyDictionary<string, string> settings) => settings.Count == 0
        ? "defaults"
        : string.Join(", ", settings.Select(setting => $"{setting.Key[(setting.Key.LastIndexOf(':') + 1)..]} {Short(setting.Value)}"));

    private static string Short(string value) =>
        value.Contains(':') && TimeSpan.TryParseExact(value, "c", null, out var time)
            ? FormattableString.Invariant($"{time.TotalSeconds:0.###} s")
            : value;
}
