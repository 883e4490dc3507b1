using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;

namespace Microsoft.ML.ModalityGap.Tests.Packaging;

/// <summary>An assembly's public API as text, a line per type and member, in an order that does not depend on the source's.</summary>
internal sealed class PublicApi
{
    private const BindingFlags Declared = BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;
    private const string UpdateVariable = "MODALITY_GAP_UPDATE_API";

    private readonly NullabilityInfoContext _nullability = new();

    /// <summary>Compares an assembly's API with the recorded file, or records it anew where the environment says so.</summary>
    /// <param name="assembly">The assembly.</param>
    /// <param name="sourceFile">The test's source file; the record is beside it and called like the assembly.</param>
    public static void Check(Assembly assembly, [CallerFilePath] string sourceFile = "")
    {
        var name = $"{assembly.GetName().Name}.api.txt";
        var actual = new PublicApi().Render(assembly);
        if (Environment.GetEnvironmentVariable(UpdateVariable) == "1")
        {
            File.WriteAllText(Path.Combine(Path.GetDirectoryName(sourceFile)!, name), actual);
            return;
        }

        var recorded = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Packaging", name)).ReplaceLineEndings("\n");
        string[] before = [.. NameOwners(recorded)], now = [.. NameOwners(actual)];
        var difference = now.Except(before).Select(line => "+ " + line).Concat(before.Except(now).Select(line => "- " + line)).ToArray();
        Assert.AreEqual(
            "", string.Join("\n", difference.Take(40)),
            $"The public API of {assembly.GetName().Name} is not the recorded one. If that is meant, run this test once with {UpdateVariable}=1 and commit {name}.");
    }

    /// <summary>Each line with its type before it, since many types have members that read alike.</summary>
    private static IEnumerable<string> NameOwners(string api)
    {
        var type = "";
        foreach (var line in api.Split('\n'))
        {
            if (line.StartsWith(' '))
            {
                yield return $"{type} | {line.TrimStart()}";
                continue;
            }

            type = line.Split(" : ")[0];
            yield return line;
        }
    }

    private string Render(Assembly assembly)
    {
        var text = new StringBuilder();
        foreach (var type in assembly.GetExportedTypes().OrderBy(type => type.FullName, StringComparer.Ordinal))
        {
            text.Append(Describe(type)).Append('\n');
            foreach (var line in type.GetMembers(Declared).Where(IsVisible).Select(Describe).OfType<string>().Order(StringComparer.Ordinal))
                text.Append("    ").Append(line).Append('\n');
        }

        return text.ToString();
    }

    private static string Describe(Type type)
    {
        var kind = type.IsEnum ? "enum" : type.IsInterface ? "interface" : type.IsValueType ? "struct"
            : typeof(Delegate).IsAssignableFrom(type) ? "delegate"
            : type is { IsAbstract: true, IsSealed: true } ? "static class" : type.IsAbstract ? "abstract class" : type.IsSealed ? "sealed class" : "class";
        var parents = type.IsEnum ? [] : new[] { type.BaseType }.Where(parent => parent is not null && parent != typeof(object) && parent != typeof(ValueType)).OfType<Type>()
            .Concat(type.GetInterfaces().Where(parent => parent.IsVisible).OrderBy(Name, StringComparer.Ordinal)).Select(Name).ToArray();
        return $"{kind} {type.Namespace}.{Name(type)}{(parents.Length == 0 ? "" : " : " + string.Join(", ", parents))}";
    }

    /// <summary>What a record has because it is one is left out.</summary>
    private static bool IsVisible(MemberInfo member) => !member.Name.Contains('<', StringComparison.Ordinal) && member switch
    {
        MethodInfo method when method.IsDefined(typeof(CompilerGeneratedAttribute)) => false,
        PropertyInfo { Name: "EqualityContract" } => false,
        MethodBase { IsSpecialName: true, IsConstructor: false } method => method.Name.StartsWith("op_", StringComparison.Ordinal) && method.IsPublic,
        MethodBase method => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly,
        FieldInfo field => (field.IsPublic || field.IsFamily || field.IsFamilyOrAssembly) && !field.IsSpecialName,
        PropertyInfo property => property.GetAccessors(nonPublic: true).Any(IsVisibleMethod),
        EventInfo change => IsVisibleMethod(change.AddMethod!),
        _ => false,
    };

    private static bool IsVisibleMethod(MethodBase method) => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly;

    private string? Describe(MemberInfo member) => member switch
    {
        ConstructorInfo { IsStatic: true } => null,
        ConstructorInfo constructor => $"{Modifiers(constructor)}ctor({Parameters(constructor)})",
        MethodInfo method => $"{Modifiers(method)}{Name(method.ReturnType, _nullability.Create(method.ReturnParameter))} {method.Name}{Generics(method)}({Parameters(method)})",
        PropertyInfo property => $"{Modifiers(property.GetAccessors(nonPublic: true)[0])}{Name(property.PropertyType, _nullability.Create(property))} {property.Name}{Index(property)} {{ {Accessors(property)} }}",
        FieldInfo { IsLiteral: true } field => $"{field.Name} = {Convert.ToString(field.GetRawConstantValue(), CultureInfo.InvariantCulture)}",
        FieldInfo field => $"{(field.IsStatic ? "static " : "")}{Name(field.FieldType, _nullability.Create(field))} {field.Name}",
        EventInfo change => $"event {Name(change.EventHandlerType!)} {change.Name}",
        _ => null,
    };

    private static string Modifiers(MethodBase method) =>
        (method.IsPublic ? "" : "protected ") + (method.IsStatic ? "static " : method.IsAbstract ? "abstract "
            : method is MethodInfo { IsVirtual: true, IsFinal: false } overridable ? (overridable.GetBaseDefinition() == overridable ? "virtual " : "override ") : "");

    private static string Accessors(PropertyInfo property) => string.Join(" ", new[] { property.GetMethod, property.SetMethod }.OfType<MethodInfo>().Where(IsVisibleMethod).Select(accessor =>
        accessor == property.GetMethod ? "get;"
        : accessor.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit)) ? "init;" : "set;"));

    private string Index(PropertyInfo property) => property.GetIndexParameters() is { Length: > 0 } parameters ? $"[{string.Join(", ", parameters.Select(Parameter))}]" : "";

    private string Parameters(MethodBase method) =>
        (method.IsDefined(typeof(ExtensionAttribute)) ? "this " : "") + string.Join(", ", method.GetParameters().Select(Parameter));

    private string Parameter(ParameterInfo parameter)
    {
        var type = parameter.ParameterType;
        var modifier = parameter.IsOut ? "out " : type.IsByRef ? (parameter.IsIn ? "in " : "ref ")
            : parameter.IsDefined(typeof(ParamArrayAttribute)) || parameter.IsDefined(typeof(ParamCollectionAttribute)) ? "params " : "";
        var value = !parameter.HasDefaultValue ? "" : " = " + (parameter.RawDefaultValue is { } given ? Convert.ToString(given, CultureInfo.InvariantCulture) : "default");
        return $"{modifier}{Name(type.IsByRef ? type.GetElementType()! : type, _nullability.Create(parameter))} {parameter.Name}{value}";
    }

    private static string Generics(MethodInfo method) => method.IsGenericMethod ? $"<{string.Join(", ", method.GetGenericArguments().Select(Name))}>" : "";

    private static string Name(Type type, NullabilityInfo nullability) =>
        Name(type) + (!type.IsValueType && (nullability.ReadState == NullabilityState.Nullable || nullability.WriteState == NullabilityState.Nullable) ? "?" : "");

    private static string Name(Type type)
    {
        if (type.IsArray)
            return Name(type.GetElementType()!) + "[]";
        if (Nullable.GetUnderlyingType(type) is { } underlying)
            return Name(underlying) + "?";
        var name = type.Name.Split('`')[0];
        if (type.DeclaringType is { } outer && !type.IsGenericParameter)
            name = $"{Name(outer)}.{name}";
        return type.IsGenericType ? $"{name}<{string.Join(", ", type.GetGenericArguments().Select(Name))}>" : name;
    }
}
