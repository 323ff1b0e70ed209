using System.Reflection;

namespace RawWebSocket.Tests.PublicApi;

/// <summary>A type as C# writes it, with question marks where null is allowed.</summary>
internal static class TypeText
{
    private static readonly NullabilityInfoContext Nullability = new();

    private static readonly Dictionary<Type, string> Keywords = new()
    {
        [typeof(void)] = "void",
        [typeof(object)] = "object",
        [typeof(string)] = "string",
        [typeof(bool)] = "bool",
        [typeof(byte)] = "byte",
        [typeof(char)] = "char",
        [typeof(int)] = "int",
        [typeof(uint)] = "uint",
        [typeof(long)] = "long",
        [typeof(ulong)] = "ulong",
        [typeof(double)] = "double",
    };

    public static string FullName(Type type) =>
        type.IsNested ? $"{FullName(type.DeclaringType!)}.{Of(type)}" : $"{type.Namespace}.{Of(type)}";

    /// <summary>The name without type parameters.</summary>
    public static string SimpleName(Type type) => type.Name.Split('`')[0];

    public static string Of(ParameterInfo parameter) => Of(Nullability.Create(parameter));

    public static string Of(PropertyInfo property) => Of(Nullability.Create(property));

    public static string Of(FieldInfo field) => Of(Nullability.Create(field));

    public static string Of(EventInfo @event) => Of(Nullability.Create(@event));

    public static string Of(Type type) => type switch
    {
        { IsByRef: true } => Of(type.GetElementType()!),
        { IsArray: true } => $"{Of(type.GetElementType()!)}[]",
        _ when Nullable.GetUnderlyingType(type) is { } underlying => $"{Of(underlying)}?",
        { IsGenericType: true } => $"{SimpleName(type)}<{string.Join(", ", type.GetGenericArguments().Select(Of))}>",
        _ => Keywords.GetValueOrDefault(type, type.Name),
    };

    // A type parameter has no mark: whether null is allowed depends on what it stands for.
    private static string Of(NullabilityInfo info)
    {
        var type = info.Type.IsByRef ? info.Type.GetElementType()! : info.Type;
        var allowsNull = info.ReadState == NullabilityState.Nullable || info.WriteState == NullabilityState.Nullable;
        return Bare(info, type) + (allowsNull && !type.IsValueType && !type.IsGenericParameter ? "?" : "");
    }

    private static string Bare(NullabilityInfo info, Type type)
    {
        if (type.IsArray && info.ElementType is { } element)
        {
            return $"{Of(element)}[]";
        }

        return type.IsGenericType && Nullable.GetUnderlyingType(type) is null && info.GenericTypeArguments.Length > 0
            ? $"{SimpleName(type)}<{string.Join(", ", info.GenericTypeArguments.Select(Of))}>"
            : Of(type);
    }
}
