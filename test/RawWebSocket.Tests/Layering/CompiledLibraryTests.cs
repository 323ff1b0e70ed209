using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace RawWebSocket.Tests.Layering;

/// <summary>The same rules, read from what the compiler made, where nothing can hide behind a name.</summary>
public class CompiledLibraryTests
{
    private const string WebSockets = "System.Net.WebSockets";

    private static readonly string[] DataTypes = ["WebSocketCloseStatus", "WebSocketMessageType"];

    [Fact]
    public void The_protocol_code_of_the_base_library_is_not_used()
    {
        using var file = new PEReader(File.OpenRead(typeof(WebSocketConnection).Assembly.Location));
        var metadata = file.GetMetadataReader();

        TypesOf(metadata, WebSockets).ShouldBeSubsetOf(DataTypes);
        TypesOf(metadata, "Microsoft.AspNetCore.WebSockets").ShouldBeEmpty();
        TypesOf(metadata, "Microsoft.AspNetCore.Http").ShouldNotContain("WebSocketManager");
        TypesOf(metadata, "Microsoft.AspNetCore.Http.Features").ShouldNotContain("IHttpWebSocketFeature");
        StaticsOfWebSocket(metadata).ShouldBeEmpty();
    }

    private static List<string> TypesOf(MetadataReader metadata, string name) =>
        [.. from handle in metadata.TypeReferences
            let type = metadata.GetTypeReference(handle)
            where metadata.GetString(type.Namespace) == name
            select metadata.GetString(type.Name)];

    // WebSocket.CreateFromStream, CreateClientWebSocket and their like.
    private static List<string> StaticsOfWebSocket(MetadataReader metadata) =>
        [.. from handle in metadata.MemberReferences
            let member = metadata.GetMemberReference(handle)
            where member.Parent.Kind == HandleKind.TypeReference
            let type = metadata.GetTypeReference((TypeReferenceHandle)member.Parent)
            let name = metadata.GetString(member.Name)
            where metadata.GetString(type.Namespace) == WebSockets
                && metadata.GetString(type.Name) == "WebSocket"
                && (name.StartsWith("Create", StringComparison.Ordinal) || name.StartsWith("Register", StringComparison.Ordinal))
            select name];
}
