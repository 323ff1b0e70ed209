using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace RawWebSocket.Tests.PublicApi;

/// <summary>A member as text: its name, parameters with their names and defaults, and type.</summary>
internal static class MemberText
{
    public static string Method(MethodInfo method)
    {
        var typeParameters = method.IsGenericMethodDefinition
            ? $"<{string.Join(", ", method.GetGenericArguments().Select(argument => argument.Name))}>"
            : "";
        return $"{Parameters(method.Name + typeParameters, method)} -> {TypeText.Of(method.ReturnParameter)}{Constraints(method)}";
    }

    public static string Parameters(string name, MethodBase method)
    {
        var extends = method.IsDefined(typeof(ExtensionAttribute)) ? "this " : "";
        return $"{name}({extends}{string.Join(", ", method.GetParameters().Select(Parameter))})";
    }

    public static string Property(PropertyInfo property, string accessors)
    {
        var required = property.IsDefined(typeof(RequiredMemberAttribute)) ? "required " : "";
        var index = property.GetIndexParameters();
        var name = index.Length == 0 ? property.Name : $"this[{string.Join(", ", index.Select(Parameter))}]";
        return $"{required}{name} {{ {accessors} }} -> {TypeText.Of(property)}";
    }

    public static string Field(FieldInfo field)
    {
        var value = field.IsLiteral ? $" = {Value(field.FieldType, field.GetRawConstantValue())}" : "";
        return $"{field.Name}{value} -> {TypeText.Of(field)}";
    }

    private static string Parameter(ParameterInfo parameter)
    {
        var modifier = parameter.IsOut ? "out "
            : parameter.IsIn ? "in "
            : parameter.ParameterType.IsByRef ? "ref "
            : parameter.IsDefined(typeof(ParamArrayAttribute)) || parameter.IsDefined(typeof(ParamCollectionAttribute)) ? "params "
            : "";
        var value = parameter.HasDefaultValue ? $" = {Value(parameter.ParameterType, parameter.RawDefaultValue)}" : "";
        return $"{modifier}{TypeText.Of(parameter)} {parameter.Name}{value}";
    }

    private static string Value(Type type, object? value) => value switch
    {
        null => type.IsValueType && Nullable.GetUnderlyingType(type) is null ? "default" : "null",
        string text => $"\"{text}\"",
        bool flag => flag ? "true" : "false",
        long.MaxValue => "long.MaxValue",
        _ when type.IsEnum => Enum.GetName(type, Enum.ToObject(type, value)) is { } name ? $"{type.Name}.{name}" : $"({type.Name}){value}",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    private static string Constraints(MethodInfo method)
    {
        if (!method.IsGenericMethodDefinition)
        {
            return "";
        }

        return string.Concat(from argument in method.GetGenericArguments()
                             let constraints = Constraints(argument).ToList()
                             where constraints.Count > 0
                             select $" where {argument.Name} : {string.Join(", ", constraints)}");
    }

    private static IEnumerable<string> Constraints(Type argument)
    {
        var attributes = argument.GenericParameterAttributes;
        if (attributes.HasFlag(GenericParameterAttributes.ReferenceTypeConstraint))
        {
            yield return "class";
        }

        if (attributes.HasFlag(GenericParameterAttributes.NotNullableValueTypeConstraint))
        {
            yield return "struct";
        }

        foreach (var constraint in argument.GetGenericParameterConstraints().Where(constraint => constraint != typeof(ValueType)))
        {
            yield return TypeText.Of(constraint);
        }

        if (attributes.HasFlag(GenericParameterAttributes.DefaultConstructorConstraint)
            && !attributes.HasFlag(GenericParameterAttributes.NotNullableValueTypeConstraint))
        {
            yield return "new()";
        }
    }
}
