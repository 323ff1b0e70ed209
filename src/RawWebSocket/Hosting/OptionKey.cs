using System.Globalization;
using System.Net.WebSockets;
using System.Reflection;

namespace RawWebSocket.Hosting;

/// <summary>An option as the configuration knows it.</summary>
/// <param name="Section">The section it stands in; empty for none.</param>
/// <param name="Property">The option itself.</param>
/// <param name="Default">Its default.</param>
internal sealed record OptionKey(string Section, PropertyInfo Property, object? Default)
{
    /// <summary>All of them, those of the sections included, in the order of their names.</summary>
    public static IReadOnlyList<OptionKey> All { get; } = [.. ReadAll().OrderBy(static key => key.FullName, StringComparer.Ordinal)];

    public string Name => Property.Name;

    /// <summary>Its key below the section that is bound.</summary>
    public string FullName => Section.Length == 0 ? Name : $"{Section}:{Name}";

    public bool IsSection => Type == typeof(RawWebSocketServerOptions) || Type == typeof(RawWebSocketCompressionOptions);

    public bool IsList => Type == typeof(IList<string>);

    /// <summary>Whether it is a function or an object, which no text can say.</summary>
    public bool IsCode => !IsSection && !IsList && !IsNumber && !Type.IsEnum && Type != typeof(bool) && Type != typeof(TimeSpan);

    private Type Type => Nullable.GetUnderlyingType(Property.PropertyType) ?? Property.PropertyType;

    private bool IsNumber => Type == typeof(int) || Type == typeof(long) || Type == typeof(double);

    /// <summary>What is wrong with a value and what to set instead; null when the configuration binder can read it.</summary>
    public string? Remedy(string text)
    {
        const NumberStyles Integer = NumberStyles.Integer;
        var invariant = CultureInfo.InvariantCulture;
        if (Type.IsEnum)
        {
            return Enum.TryParse(Type, text, ignoreCase: true, out _) ? null : RemedyOfName(text);
        }

        var isReadable = Type == typeof(bool) ? bool.TryParse(text, out _)
            : Type == typeof(int) ? int.TryParse(text, Integer, invariant, out _)
            : Type == typeof(long) ? long.TryParse(text, Integer, invariant, out _)
            : Type == typeof(double) ? double.TryParse(text, NumberStyles.Float, invariant, out _)
            : TimeSpan.TryParse(text, invariant, out _);
        return isReadable ? null : RemedyOfValue(text);
    }

    private static IEnumerable<OptionKey> ReadAll()
    {
        var defaults = new RawWebSocketOptions();
        return
        [
            .. typeof(RawWebSocketOptions).GetProperties().Select(property => new OptionKey("", property, property.GetValue(defaults))),
            .. typeof(RawWebSocketServerOptions).GetProperties().Select(
                property => new OptionKey(nameof(defaults.Server), property, property.GetValue(defaults.Server))),
            .. typeof(RawWebSocketCompressionOptions).GetProperties().Select(
                property => new OptionKey(nameof(defaults.Compression), property, property.GetValue(defaults.Compression))),
        ];
    }

    private string RemedyOfName(string text)
    {
        var names = Enum.GetNames(Type);
        var choices = $"to one of {string.Join(", ", names)}{(Type == typeof(WebSocketCloseStatus) ? ", or to a number" : "")}";
        return Spelling.Closest(text, names, static name => name) is { } meant
            ? $"did you mean {meant}? Set it {choices}"
            : $"set it {choices}";
    }

    private string RemedyOfValue(string text)
    {
        if (Type == typeof(bool))
        {
            return Default is true ? "set it to true (default) or false" : "set it to true or false (default)";
        }

        var isTooLong = Type == typeof(int) && long.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out _);
        var kind = Type == typeof(TimeSpan) ? "a time as hours:minutes:seconds"
            : Type == typeof(double) ? "a number"
            : isTooLong ? $"a whole number of at most {int.MaxValue}"
            : "a whole number";
        return Default is IFormattable value
            ? $"set it to {kind}, such as {value.ToString(null, CultureInfo.InvariantCulture)} (default)"
            : $"set it to {kind}, or leave it out";
    }
}
