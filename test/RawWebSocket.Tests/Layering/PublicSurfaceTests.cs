using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace RawWebSocket.Tests.Layering;

/// <summary>
/// The library uses what the framework offers to everybody: no private members of it, and no system calls of its own. Another version of the
/// framework or of the system changes those without a word.
/// </summary>
public class PublicSurfaceTests
{
    // The zlib that comes with the framework, asked for before the first use; compression is not agreed to where it is missing.
    private const string NativeZlib = "libSystem.IO.Compression.Native";

    // Whoever names one of these looks up what the compiler does not let him name.
    private static readonly string[] LookUps =
    [
        "GetField", "GetFields", "GetRuntimeField", "GetRuntimeFields", "GetMethod", "GetMethods", "GetRuntimeMethod", "GetRuntimeMethods",
        "GetMember", "GetMembers", "GetConstructor", "GetConstructors", "GetProperty", "GetRuntimeProperty", "InvokeMember", "CreateInstance",
        "GetExport", "TryGetExport", "GetDelegateForFunctionPointer",
    ];

    private static readonly string[] TypesOfLookUps =
        ["UnsafeAccessorAttribute", "UnsafeAccessorTypeAttribute", "IgnoresAccessChecksToAttribute", "BindingFlags", "DynamicMethod"];

    [Fact]
    public void The_only_native_library_is_the_frameworks_zlib() => Read(NativeLibraries).ShouldBe([NativeZlib]);

    [Fact]
    public void No_private_member_of_another_library_is_named() => Read(TypesNamed).Intersect(TypesOfLookUps).ShouldBeEmpty();

    // Properties, all of them, are the library's own options: what else GetProperties could be asked for has no name here.
    [Fact]
    public void No_member_is_looked_up_by_its_name() =>
        Read(MembersNamed).Intersect([.. LookUps.Select(name => $"Type.{name}"), .. LookUps.Select(Extension), .. LookUps.Select(Activation)])
            .ShouldBeEmpty();

    [Fact]
    public void No_type_is_looked_up_by_its_name() => Read(MembersNamed).Intersect(["Type.GetType", "Assembly.GetType"]).ShouldBeEmpty();

    // Otherwise a slip of the reader would let everything pass.
    [Fact]
    public void These_tests_see_what_a_library_names()
    {
        var tests = typeof(PublicSurfaceTests).Assembly;
        Read(TypesNamed, tests).ShouldContain(nameof(BindingFlags));
        Read(MembersNamed, tests).ShouldContain("Type.GetMethods");
        Read(MembersNamed).ShouldContain("Type.GetProperties");
        typeof(PublicSurfaceTests).GetMethods(BindingFlags.Public | BindingFlags.Static).ShouldBeEmpty();
    }

    private static List<string> Read(Func<MetadataReader, IEnumerable<string>> what, Assembly? library = null)
    {
        using var file = new PEReader(File.OpenRead((library ?? typeof(WebSocketConnection).Assembly).Location));
        return [.. what(file.GetMetadataReader()).Distinct()];
    }

    private static string Extension(string name) => $"RuntimeReflectionExtensions.{name}";

    private static string Activation(string name) => $"Activator.{name}";

    private static IEnumerable<string> NativeLibraries(MetadataReader metadata) =>
        from handle in metadata.MethodDefinitions
        let method = metadata.GetMethodDefinition(handle)
        where method.Attributes.HasFlag(MethodAttributes.PinvokeImpl)
        select metadata.GetString(metadata.GetModuleReference(method.GetImport().Module).Name);

    private static IEnumerable<string> TypesNamed(MetadataReader metadata) =>
        from handle in metadata.TypeReferences select metadata.GetString(metadata.GetTypeReference(handle).Name);

    private static IEnumerable<string> MembersNamed(MetadataReader metadata) =>
        from handle in metadata.MemberReferences
        let member = metadata.GetMemberReference(handle)
        where member.Parent.Kind == HandleKind.TypeReference
        let type = metadata.GetTypeReference((TypeReferenceHandle)member.Parent)
        select $"{metadata.GetString(type.Name)}.{metadata.GetString(member.Name)}";
}
