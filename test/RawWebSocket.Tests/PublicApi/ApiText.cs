using System.Reflection;
using System.Runtime.CompilerServices;

namespace RawWebSocket.Tests.PublicApi;

/// <summary>An assembly's public API as lines of text: a line for each type and for each member, sorted.</summary>
internal static class ApiText
{
    private const BindingFlags Declared =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    public static List<string> LinesOf(Assembly assembly) =>
        [.. assembly.GetTypes().Where(IsVisible).SelectMany(EntriesOf)
            .OrderBy(static entry => entry.Text, StringComparer.Ordinal)
            .Select(static entry => entry.Modifiers + entry.Text)];

    // Modifiers stand in front and do not count in the order, so that a type's line is followed by its members, by name.
    private static IEnumerable<(string Modifiers, string Text)> EntriesOf(Type type)
    {
        var name = TypeText.FullName(type);
        yield return ($"{Kind(type)} ", name + Bases(type));
        if (type.IsEnum)
        {
            foreach (var field in type.GetFields(BindingFlags.Public | BindingFlags.Static))
            {
                yield return ("", $"{name}.{field.Name} = {Convert.ToInt64(field.GetRawConstantValue(), null)}");
            }

            yield break;
        }

        foreach (var member in type.GetMembers(Declared).Where(member => !member.IsDefined(typeof(CompilerGeneratedAttribute))))
        {
            if (Text(member) is { } text)
            {
                yield return (Modifiers(member), $"{name}.{text}");
            }
        }
    }

    private static bool IsVisible(Type type) =>
        type.IsNested
            ? (type.IsNestedPublic || type.IsNestedFamily || type.IsNestedFamORAssem) && IsVisible(type.DeclaringType!)
            : type.IsPublic;

    // Null for what is not public.
    private static string? Text(MemberInfo member) => member switch
    {
        ConstructorInfo constructor when IsVisible(constructor) =>
            MemberText.Parameters(TypeText.SimpleName(constructor.DeclaringType!), constructor),
        MethodInfo method when IsVisible(method) && (!method.IsSpecialName || method.Name.StartsWith("op_", StringComparison.Ordinal)) =>
            MemberText.Method(method),
        PropertyInfo property when Accessors(property) is { Length: > 0 } accessors => MemberText.Property(property, accessors),
        FieldInfo { IsPublic: true } or FieldInfo { IsFamily: true } or FieldInfo { IsFamilyOrAssembly: true } =>
            MemberText.Field((FieldInfo)member),
        EventInfo @event when IsVisible(@event.AddMethod!) => $"event {@event.Name} -> {TypeText.Of(@event)}",
        _ => null,
    };

    private static bool IsVisible(MethodBase method) => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly;

    private static string Accessors(PropertyInfo property)
    {
        string?[] accessors = [Accessor("get", property.GetMethod), Accessor(IsInit(property) ? "init" : "set", property.SetMethod)];
        return string.Join(' ', accessors.OfType<string>());
    }

    private static string? Accessor(string name, MethodInfo? method) => method switch
    {
        { IsPublic: true } => $"{name};",
        not null when IsVisible(method) => $"protected {name};",
        _ => null,
    };

    private static bool IsInit(PropertyInfo property) =>
        property.SetMethod?.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit)) == true;

    private static string Kind(Type type) =>
        type.IsEnum ? "enum"
        : type.IsInterface ? "interface"
        : type.IsSubclassOf(typeof(Delegate)) ? $"delegate {MemberText.Method(type.GetMethod("Invoke")!)}"
        : type.IsValueType ? $"{(type.IsDefined(typeof(IsReadOnlyAttribute)) ? "readonly " : "")}{(type.IsByRefLike ? "ref " : "")}struct"
        : $"{ClassModifier(type)}{(type.GetMethod("<Clone>$") is null ? "class" : "record")}";

    private static string ClassModifier(Type type) => (type.IsAbstract, type.IsSealed) switch
    {
        (true, true) => "static ",
        (true, false) => "abstract ",
        (false, true) => "sealed ",
        _ => "",
    };

    private static string Bases(Type type)
    {
        if (type.IsEnum || type.IsSubclassOf(typeof(Delegate)))
        {
            return "";
        }

        var inherited = type.BaseType?.GetInterfaces() ?? [];
        var bases = type.GetInterfaces().Except(inherited).Select(TypeText.Of).Order(StringComparer.Ordinal).ToList();
        if (type.BaseType is { } parent && parent != typeof(object) && parent != typeof(ValueType))
        {
            bases.Insert(0, TypeText.Of(parent));
        }

        return bases.Count == 0 ? "" : $" : {string.Join(", ", bases)}";
    }

    private static string Modifiers(MemberInfo member) => member switch
    {
        MethodBase method => Modifiers(method),
        PropertyInfo property => Modifiers((property.GetMethod ?? property.SetMethod)!),
        EventInfo @event => Modifiers(@event.AddMethod!),
        FieldInfo field => $"{(field.IsPublic ? "" : "protected ")}{FieldModifier(field)}",
        _ => "",
    };

    private static string FieldModifier(FieldInfo field) =>
        field.IsLiteral ? "const " : (field.IsStatic ? "static " : "") + (field.IsInitOnly ? "readonly " : "");

    private static string Modifiers(MethodBase method)
    {
        var access = method.IsPublic ? "" : "protected ";
        var isOverride = method is MethodInfo info && info.GetBaseDefinition() != info;
        return access + method switch
        {
            { IsStatic: true } => "static ",
            { IsAbstract: true } => isOverride ? "abstract override " : "abstract ",
            { IsVirtual: true, IsFinal: true } when isOverride => "sealed override ",
            { IsVirtual: true } when isOverride => "override ",
            { IsVirtual: true, IsFinal: false } => "virtual ",
            _ => "",
        };
    }
}
