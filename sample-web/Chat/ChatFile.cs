using System.Buffers;
using System.Text.Json;

namespace SampleWeb.Chat;

/// <summary>
/// A file is one binary message: a line of JSON, a line feed, the bytes. Header and bytes travel together, so two members who
/// send at once cannot be mixed up.
/// </summary>
internal static class ChatFile
{
    private const byte LineFeed = (byte)'\n';

    /// <summary>Takes a message apart; false when it is not of that form.</summary>
    public static bool TryRead(ReadOnlySequence<byte> message, out FileHeader header, out ReadOnlySequence<byte> content)
    {
        header = new FileHeader(null, null, null);
        content = default;
        if (message.Slice(0, Math.Min(message.Length, ChatLimits.FileHeaderBytes)).PositionOf(LineFeed) is not { } end)
        {
            return false;
        }

        try
        {
            var line = message.Slice(0, end).ToArray();
            header = JsonSerializer.Deserialize(line, ChatJson.Default.FileHeader) ?? header;
        }
        catch (JsonException)
        {
            return false;
        }

        content = message.Slice(message.GetPosition(1, end));
        return true;
    }

    /// <summary>Puts a message together.</summary>
    public static byte[] Write(ServerMessage header, ReadOnlySequence<byte> content) =>
        [.. JsonSerializer.SerializeToUtf8Bytes(header, ChatJson.Default.ServerMessage), LineFeed, .. content.ToArray()];
}
