using System.Text.RegularExpressions;

namespace RawWebSocket.Tests.Layering;

/// <summary>Keeps the arrows between the library's folders running one way.</summary>
public partial class LayeringTests
{
    private static readonly string[] Codecs = ["Protocol", "Handshake", "Compression", "Diagnostics"];

    // Which folders a folder may name. The root's own types may be named by all; what the root names is behind its public face.
    private static readonly Dictionary<string, string[]> MayName = new()
    {
        ["Protocol"] = [],
        ["Handshake"] = ["Protocol"],
        ["Compression"] = ["Protocol", "Handshake"],
        ["Diagnostics"] = ["Protocol"],
        ["Connections"] = Codecs,
        ["Groups"] = [.. Codecs, "Connections"],
        [SourceFile.Root] = [.. Codecs, "Connections", "Groups"],
        ["Hosting"] = [.. Codecs, "Connections", "Groups"],
    };

    // The same inside of Connections; its root has the connection itself, which joins them.
    private static readonly Dictionary<string, string[]> MayNameInConnections = new()
    {
        ["Sending"] = [],
        ["Timing"] = [],
        ["Transports"] = [],
        ["Rates"] = ["Timing"],
        ["Receiving"] = ["Rates", "Sending", "Timing", "Transports"],
        ["Lifetime"] = ["Rates", "Receiving", "Sending", "Timing", "Transports", SourceFile.Root],
        [SourceFile.Root] = ["Lifetime", "Rates", "Receiving", "Sending", "Timing", "Transports"],
    };

    private static readonly List<SourceFile> Files = SourceFile.ReadAll();

    [Fact]
    public void There_are_files_to_look_at() =>
        Files.Select(file => file.Folder).ShouldBeSubsetOf(MayName.Keys, "Say in this test where a new folder stands.");

    [Fact]
    public void No_folder_names_one_that_stands_above_it() =>
        (from file in Files
         from named in file.FoldersNamed
         where MayName.ContainsKey(named) && !MayName[file.Folder].Contains(named)
         select $"{file.Name} names RawWebSocket.{named}").ShouldBeEmpty();

    // By their types, since a room names those of the folder around it without a using.
    [Fact]
    public void No_room_of_the_connections_names_one_that_stands_above_it()
    {
        var files = Files.Where(file => file.Folder == "Connections").ToList();
        files.Select(file => file.Room).ShouldBeSubsetOf(MayNameInConnections.Keys, "Say in this test where a new room stands.");
        (from file in files
         from other in files
         where file.Room != other.Room && !MayNameInConnections[file.Room].Contains(other.Room)
         from type in other.Types
         where file.Names(type)
         select $"{file.Name} names {type} of {other.Room}").ShouldBeEmpty();
    }

    // Otherwise a type could stand in one folder and be used as if it stood in another.
    [Fact]
    public void Every_file_has_the_namespace_of_its_folder() =>
        (from file in Files
         let expected = file.Folder == SourceFile.Root ? "RawWebSocket"
             : file.Folder == "Connections" && file.Room != SourceFile.Root ? $"RawWebSocket.Connections.{file.Room}"
             : $"RawWebSocket.{file.Folder}"
         where file.Namespace != expected && !IsExtensionWhereUsersLook(file)
         select $"{file.Name} is in {file.Namespace}").ShouldBeEmpty();

    [Fact]
    public void The_protocol_knows_bytes_and_no_io() =>
        (from file in Files
         where file.Folder == "Protocol"
         from name in file.Identifiers(IoNames())
         select $"{file.Name} names {name}").ShouldBeEmpty();

    [Fact]
    public void The_handshake_neither_waits_nor_writes() =>
        (from file in Files
         where file.Folder == "Handshake"
         from name in file.Identifiers(AsyncNames())
         select $"{file.Name} names {name}").ShouldBeEmpty();

    // Only the close codes and message types of System.Net.WebSockets are used: the protocol is spoken here.
    [Fact]
    public void Nobody_names_the_base_librarys_websockets() =>
        (from file in Files
         from name in file.Identifiers(BaseLibraryNames())
         select $"{file.Name} names {name}").ShouldBeEmpty();

    [Fact]
    public void The_library_has_no_packages()
    {
        string[] builds =
        [
            Repository.PathTo("src", "RawWebSocket", "RawWebSocket.csproj"),
            Repository.PathTo("src", "Directory.Build.props"),
            Repository.PathTo("Directory.Build.props"),
        ];
        foreach (var build in builds.Where(File.Exists))
        {
            var text = File.ReadAllText(build);
            text.ShouldNotContain("PackageReference", customMessage: build);
            text.ShouldNotContain("GlobalPackageReference", customMessage: build);
        }
    }

    [Theory]
    [InlineData("Protocol/X.cs", "using RawWebSocket.Connections;", "Connections")]
    [InlineData("Protocol/X.cs", "using static RawWebSocket.Groups.Y;", "Groups")]
    [InlineData("Protocol/X.cs", "using Y = RawWebSocket.Hosting.Z;", "Hosting")]
    [InlineData("Protocol/X.cs", "var x = new global::RawWebSocket.Hosting.Z();", "Hosting")]
    [InlineData("Protocol/X.cs", "namespace RawWebSocket.Protocol; class X : RawWebSocket.Hosting.Y;", "Hosting")]
    [InlineData("Protocol/X.cs", "namespace RawWebSocket.Protocol; // RawWebSocket.Hosting.Z", "")]
    [InlineData("Protocol/X.cs", "/* RawWebSocket.Hosting */ x = \"RawWebSocket.\\\"Hosting\" + '\"' + \"RawWebSocket.Groups\";", "")]
    [InlineData("X.cs", "using RawWebSocket.Protocol; string b = \"\"; // \"\n class C : RawWebSocket.Groups.D;", "Protocol Groups")]
    public void These_tests_see_what_a_file_names(string name, string text, string folders) =>
        string.Join(' ', SourceFile.Parse(name, text).FoldersNamed).ShouldBe(folders);

    [Theory]
    [InlineData("public sealed partial class Queue(int a) { private enum Inner { } }", "Queue")]
    [InlineData("internal readonly record struct Marks(int High);\ninternal interface ITally { }", "Marks ITally")]
    public void These_tests_see_which_types_a_file_declares(string text, string types) =>
        string.Join(' ', SourceFile.Parse("Connections/Sending/X.cs", text).Types).ShouldBe(types);

    [Fact]
    public void These_tests_see_the_types_that_a_file_names()
    {
        var file = SourceFile.Parse("Connections/Sending/X.cs", "class X(Connection a) { } // Transport\nvar b = MyConnection;");
        file.Room.ShouldBe("Sending");
        file.Names("Connection").ShouldBeTrue();
        file.Names("Transport").ShouldBeFalse();
    }

    private static bool IsExtensionWhereUsersLook(SourceFile file) =>
        file.Folder is "Hosting"
        && file.Name.EndsWith("Extensions.cs", StringComparison.Ordinal)
        && file.Namespace is "Microsoft.AspNetCore.Builder" or "Microsoft.AspNetCore.Hosting" or "Microsoft.Extensions.DependencyInjection";

    [GeneratedRegex(
        @"\b(async|await|Task|ValueTask|TaskCompletionSource|CancellationToken|Thread|Timer|Stream|\w+Stream|Pipe|PipeReader|PipeWriter"
        + @"|IDuplexPipe|Socket|ILogger|LoggerMessage|TimeProvider|DateTime|DateTimeOffset|Stopwatch|Console|File|Meter|Activity)\b"
        + @"|\bMicrosoft\.\w+(\.\w+)*")]
    private static partial Regex IoNames();

    [GeneratedRegex(@"\b(async|await|Task|ValueTask|Stream|PipeReader|PipeWriter|HttpResponse|ILogger|TimeProvider|DateTimeOffset)\b")]
    private static partial Regex AsyncNames();

    // What is static in the class WebSocket, and its relations. The class itself is looked for in what was compiled.
    [GeneratedRegex(
        @"(?<!\w)(WebSocket(?=\.[A-Z])|ManagedWebSocket|ClientWebSocket|ClientWebSocketOptions|WebSocketProtocol|WebSocketStream"
        + @"|WebSocketCreationOptions|WebSocketDeflateOptions|WebSocketReceiveResult|ValueWebSocketReceiveResult|WebSocketState"
        + @"|WebSocketError|WebSocketException|WebSocketMessageFlags|WebSocketContext|HttpListenerWebSocketContext|WebSocketManager"
        + @"|WebSocketAcceptContext|IHttpWebSocketFeature|AcceptWebSocketAsync|CreateFromStream|UseWebSockets|WebSocketOptions)(?!\w)")]
    private static partial Regex BaseLibraryNames();
}
