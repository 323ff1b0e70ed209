using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace RawWebSocket.Tests.Layering;

/// <summary>
/// The library uses what the framework offers to everybody: none of its private members, and no system calls. Another version of the
/// framework or of the system changes those without a word.
/// </summary>
public class PublicSurfaceTests
{
    // The zlib that comes with the framework. The library looks whether it is there, and agrees to no compression where it is not.
    private const string NativeZlib = "libSystem.IO.Compression.Native";

    // What reaches a member that the compiler does not let anybody name.
    private static readonly string[] Accessors =
    [
        "UnsafeAccessorAttribute", "UnsafeAccessorTypeAttribute", "IgnoresAccessChecksToAttribute", "BindingFlags", "DynamicMethod",
        "FieldInfo", "RuntimeReflectionExtensions",
    ];

    // What finds a type, a member or a native function by its name. Of the library's own options GetProperties finds all.
    private static readonly string[] LookUps =
    [
        "Type.GetType", "Type.GetField", "Type.GetFields", "Type.GetMethod", "Type.GetMethods", "Type.GetMember", "Type.GetMembers",
        "Type.GetConstructor", "Type.GetConstructors", "Type.GetProperty", "Type.InvokeMember", "Assembly.GetType", "Assembly.GetTypes",
        "Activator.CreateInstance", "NativeLibrary.GetExport", "NativeLibrary.TryGetExport", "Marshal.GetDelegateForFunctionPointer",
    ];

    [Fact]
    public void The_only_native_library_is_the_frameworks_zlib() => Read(NativeLibraries).ShouldBe([NativeZlib]);

    [Fact]
    public void No_private_member_of_another_library_is_reached() => Read(TypesNamed).Intersect(Accessors).ShouldBeEmpty();

    [Fact]
    public void No_type_member_or_native_function_is_looked_up_by_its_name() => Read(MembersNamed).Intersect(LookUps).ShouldBeEmpty();

    // Otherwise a slip of the reader would let everything pass.
    [Fact]
    public void These_tests_see_what_a_library_names()
    {
        var tests = typeof(PublicSurfaceTests).Assembly;
        Read(TypesNamed, tests).ShouldContain(nameof(BindingFlags));
        Read(MembersNamed, tests).ShouldContain("Type.GetFields");
        Read(MembersNamed).ShouldContain("Type.GetProperties");
        typeof(PublicSurfaceTests).GetFields(BindingFlags.Public | BindingFlags.Static).ShouldBeEmpty();
    }

    private static List<string> Read(Func<MetadataReader, IEnumerable<string>> what, Assembly? library = null)
    {
        using var file = new PEReader(File.OpenRead((library ?? typeof(WebSocketConnection).Assembly).Location));
        return [.. what(file.GetMetadataReader()).Distinct()];
    }

    private static IEnumerable<string> NativeLibraries(MetadataReader metadata) =>
        from handle in metadata.MethodDefinitions
        let method = metadata.GetMethodDefinition(handle)
        where method.Attributes.HasFlag(MethodAttributes.PinvokeImpl)
        select metadata.GetString(metadata.GetModuleReference(method.GetImport().Module).Name);

    private static IEnumerable<string> TypesNamed(MetadataReader metadata) =>
        from handle in metadata.TypeReferences
        select metadata.GetString(metadata.GetTypeReference(handle).Name);

    private static IEnumerable<string> MembersNamed(MetadataReader metadata) =>
        from handle in metadata.MemberReferences
        let member = metadata.GetMemberReference(handle)
        where member.Parent.Kind == HandleKind.TypeReference
        let type = metadata.GetTypeReference((TypeReferenceHandle)member.Parent)
        select $"{metadata.GetString(type.Name)}.{metadata.GetString(member.Name)}";
}
