namespace RawWebSocket.Benchmarks.Reporting;

/// <summary>Numbers as one reads them: three digits, unless there are more before the point.</summary>
internal static class Figure
{
    public static string Text(double? number) => number switch
    {
        null => "",
        { } value => Math.Abs(value) switch
        {
            >= 100 => FormattableString.Invariant($"{value:#,0}"),
            >= 10 => FormattableString.Invariant($"{value:0.0}"),
            _ => FormattableString.Invariant($"{value:0.00}"),
        },
    };

    public static string Ratio(double? number) => number is { } value ? FormattableString.Invariant($"{value:0.00}") : "";

    public static string PlusMinus(double? part) => part is { } value ? FormattableString.Invariant($"±{value * 100:0} %") : "";
}
