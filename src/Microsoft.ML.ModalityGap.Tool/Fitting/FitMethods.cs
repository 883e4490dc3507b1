namespace Microsoft.ML.ModalityGap.Tool;

/// <summary>The methods that <c>--method</c> knows. The first is the default.</summary>
internal static class FitMethods
{
    internal static IReadOnlyList<FitMethod> All { get; } = [new CenterMethod()];

    internal static FitMethod Default => All[0];

    internal static string Help => string.Join("; ", All.Select(method => $"{method.Name}: {method.Description}"));

    internal static FitMethod Get(string name) =>
        All.FirstOrDefault(method => method.Name == name)
        ?? throw new UsageException($"There is no method '{name}'. There is {string.Join(", ", All.Select(method => method.Name))}.");
}
