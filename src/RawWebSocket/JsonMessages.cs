namespace RawWebSocket;

/// <summary>What the JSON methods that work by reflection say to the trimmer and to native AOT.</summary>
internal static class JsonMessages
{
    public const string Trimming =
        "JSON by reflection may need types that trimming removes. Use the overload that takes a JsonTypeInfo<T>.";
}
