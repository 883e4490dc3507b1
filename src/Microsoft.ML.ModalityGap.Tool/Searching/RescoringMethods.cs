using System.Globalization;

namespace Microsoft.ML.ModalityGap.Tool;

/// <summary>The rescoring methods by name. A new one is a line here.</summary>
internal static class RescoringMethods
{
    private static readonly Dictionary<string, (Func<float[]?, int?, RescoringMethod> Create, int Betas, bool TakesNeighbors)> _methods = new(StringComparer.Ordinal)
    {
        ["is"] = ((beta, _) => WithBeta(new InvertedSoftmax { IsDynamic = false }, beta), 1, false),
        ["dis"] = ((beta, neighbors) => WithBeta(neighbors is null ? new InvertedSoftmax() : new InvertedSoftmax { ActivationNeighbors = neighbors.Value }, beta), 1, true),
        ["dual-is"] = ((beta, _) => WithBetas(new DualInvertedSoftmax(), beta), 2, false),
        ["dual-dis"] = ((beta, neighbors) => WithBetas(new DualInvertedSoftmax { IsDynamic = true, ActivationNeighbors = neighbors ?? 1 }, beta), 2, true),
        ["csls"] = ((_, neighbors) => neighbors is null ? new CrossDomainLocalScaling() : new CrossDomainLocalScaling { Neighbors = neighbors.Value }, 0, true),
        ["dn"] = ((_, _) => new DistributionNormalization(), 0, false),
    };

    internal static IEnumerable<string> Names => _methods.Keys;

    /// <param name="name">The method's name.</param>
    /// <param name="beta">Inverse temperatures, separated by commas; <see langword="null"/> for the method's own.</param>
    /// <param name="neighbors">How many neighbours it looks at; <see langword="null"/> for the method's own.</param>
    internal static RescoringMethod Create(string name, string? beta, int? neighbors)
    {
        if (!_methods.TryGetValue(name, out var method))
            throw Suggestion.CreateException("--hubness", name, Names);
        if (neighbors is not null && !method.TakesNeighbors)
            throw new UsageException($"--neighbors says nothing to --hubness {name}.");
        if (neighbors < 1)
            throw new UsageException($"--neighbors takes a positive number, but {neighbors} was given.");
        return method.Create(ParseBeta(name, beta, method.Betas), neighbors);
    }

    private static float[]? ParseBeta(string name, string? beta, int count)
    {
        if (beta is null)
            return null;
        if (count == 0)
            throw new UsageException($"--beta says nothing to --hubness {name}.");
        var values = new List<float>();
        foreach (var part in beta.Split(','))
        {
            if (!float.TryParse(part, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) || !float.IsFinite(value) || value <= 0)
                throw new UsageException($"--beta takes positive numbers, but '{part}' was given.");
            values.Add(value);
        }

        return values.Count == count
            ? [.. values]
            : throw new UsageException($"--hubness {name} takes {(count == 1 ? "one number" : "two numbers, of queries and of gallery,")} as --beta, but '{beta}' was given.");
    }

    private static InvertedSoftmax WithBeta(InvertedSoftmax method, float[]? beta) => beta is null ? method : method with { InverseTemperature = beta[0] };

    private static DualInvertedSoftmax WithBetas(DualInvertedSoftmax method, float[]? beta) =>
        beta is null ? method : method with { QueryInverseTemperature = beta[0], GalleryInverseTemperature = beta[1] };
}
