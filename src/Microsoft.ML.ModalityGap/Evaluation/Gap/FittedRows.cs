using System.Numerics.Tensors;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.ModalityGap;

/// <summary>Whether maps are measured on the very rows that they were fitted on.</summary>
internal static class FittedRows
{
    // Of a mean of unit vectors: what the order of sums moves it by is 1e-15, what another sample does 1e-2.
    private const double Tolerance = 1e-6;

    /// <summary>What to say then.</summary>
    internal const string Warning = "The map was fitted on the very rows measured (their number and their means are the same). The gap looks smaller than on new rows, and linear separability falls below 0.5; "
        + "fit on a part of the rows to measure on the rest.";

    /// <summary>By the number and the mean of the rows: of every modality whose map knows what it was fitted on, and of one at least.</summary>
    internal static bool AreThoseOf(IHost host, EmbeddingMapTransformer maps, IDataView data)
    {
        var known = maps.Modalities.Where(entry => entry.Statistics is not null).ToArray();
        if (known.Length == 0 || known.Any(entry => entry.Statistics!.Normalized != known[0].Statistics!.Normalized))
            return false;
        var options = new ModalityStatisticsOptions { Normalize = known[0].Statistics!.Normalized, UnusableRows = UnusableRows.Skip };
        var found = new ModalityStatisticsFitter(host, maps.Columns, options).Fit(data).ToDictionary(entry => entry.Modality, entry => entry.Statistics, StringComparer.Ordinal);
        return known.All(entry => found.TryGetValue(entry.Modality, out var statistics) && AreSame(entry.Statistics!, statistics));
    }

    private static bool AreSame(ModalityStatistics first, ModalityStatistics second) =>
        first.Count == second.Count && first.Dimension == second.Dimension
        && TensorPrimitives.Distance(first.Mean, second.Mean) <= Tolerance * Math.Max(1, TensorPrimitives.Norm(first.Mean));
}
