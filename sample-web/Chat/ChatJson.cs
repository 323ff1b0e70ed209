using System.Text.Json;
using System.Text.Json.Serialization;

namespace SampleWeb.Chat;

/// <summary>The messages' JSON, generated at compile time. The type may stand anywhere in the object.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    AllowOutOfOrderMetadataProperties = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ClientMessage))]
[JsonSerializable(typeof(ServerMessage))]
[JsonSerializable(typeof(FileHeader))]
internal sealed partial class ChatJson : JsonSerializerContext;
