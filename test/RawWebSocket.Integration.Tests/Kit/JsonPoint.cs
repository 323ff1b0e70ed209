using System.Text.Json.Serialization;

namespace RawWebSocket.Integration.Tests.Kit;

internal sealed record JsonPoint(int Left, string Name);

[JsonSerializable(typeof(JsonPoint))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseUpper)]
internal sealed partial class GeneratedJson : JsonSerializerContext;
