using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace RawWebSocket.Hosting;

/// <summary>
/// Looks at the configuration before it is bound, and tells all of its faults at once: each with its path, what was probably meant and what
/// may stand there. The binder would tell the first only, and not what to write instead. Whether a value that can be read is also a sensible
/// one is for <see cref="RawWebSocketOptionsValidator"/> to say.
/// </summary>
internal static class ConfigurationCheck
{
    /// <exception cref="OptionsValidationException">Something in it is no option, or no value of one.</exception>
    public static void ThrowIfWrong(IConfiguration configuration)
    {
        var faults = new List<string>();
        Check(configuration, "", faults);
        if (faults.Count > 0)
        {
            throw new OptionsValidationException(Options.DefaultName, typeof(RawWebSocketOptions), faults);
        }
    }

    private static void Check(IConfiguration configuration, string section, List<string> faults)
    {
        foreach (var setting in configuration.GetChildren())
        {
            var key = OptionKey.All.FirstOrDefault(
                key => key.Section == section && key.Name.Equals(setting.Key, StringComparison.OrdinalIgnoreCase));
            if (key is null)
            {
                faults.Add(Unknown(configuration, section, setting));
            }
            else
            {
                Check(key, setting, faults);
            }
        }
    }

    private static void Check(OptionKey key, IConfigurationSection setting, List<string> faults)
    {
        var fault = key switch
        {
            { IsCode: true } => $"{Shown(setting)}; set it in code, since no text can say it",
            { IsSection: true } when !string.IsNullOrEmpty(setting.Value) =>
                $"{Shown(setting)}; it has settings below it, such as {setting.Path}:{In(key.Name).First().Name}",
            { IsSection: true } => null,
            { IsList: true } when !string.IsNullOrEmpty(setting.Value) =>
                $"{Shown(setting)}; it is a list, so set {setting.Path}:0 and so on",
            { IsList: true } => setting.GetChildren().Select(SettingsBelow).FirstOrDefault(static fault => fault is not null),
            _ => SettingsBelow(setting) ?? FaultOfValue(key, setting),
        };
        if (fault is not null)
        {
            faults.Add($"{fault}.");
        }
        else if (key.IsSection)
        {
            Check(setting, key.Name, faults);
        }
    }

    private static string? FaultOfValue(OptionKey key, IConfigurationSection setting) =>
        setting.Value is { } text && key.Remedy(text) is { } remedy ? $"{Shown(setting)}; {remedy}" : null;

    private static string? SettingsBelow(IConfigurationSection setting) =>
        setting.GetChildren().Any() ? $"{setting.Path} has settings below it, and needs a value" : null;

    // What stands in another section may have been meant too, but rather what stands in this one.
    private static string Unknown(IConfiguration parent, string section, IConfigurationSection setting)
    {
        var candidates = In(section).Concat(OptionKey.All.Where(key => key.Section != section)).Where(static key => !key.IsCode);
        if (Spelling.Closest(setting.Key, candidates, static key => key.Name) is { } meant)
        {
            return $"{setting.Path} is no option; did you mean {meant.FullName}?";
        }

        var place = parent is IConfigurationSection { Path: var path } ? $"in {path} there are" : "there are";
        return $"{setting.Path} is no option; {place} {string.Join(", ", In(section).Select(static key => key.Name))}.";
    }

    private static IEnumerable<OptionKey> In(string section) => OptionKey.All.Where(key => key.Section == section && !key.IsCode);

    private static string Shown(IConfigurationSection setting) => $"{setting.Path} is {(setting.Value is null ? "set" : $"'{setting.Value}'")}";
}
