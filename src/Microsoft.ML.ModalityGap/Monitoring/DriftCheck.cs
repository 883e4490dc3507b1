using MathNet.Numerics.Distributions;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.ModalityGap;

/// <summary>
/// Compares means with those of a fitted model. For data of the same kind ‖μ_new − μ_fitted‖² has the mean tr C/n + tr C/N, and about the distribution of a χ² of ν = (tr C)²/tr C² degrees of
/// freedom, scaled to that mean (Satterthwaite, 1946).
/// </summary>
internal static class DriftCheck
{
    internal static DriftReport Run(IHost host, EmbeddingMapTransformer model, IDataView data, DriftOptions options)
    {
        using var channel = host.Start("Check drift");
        var columns = FindColumns(model, data);
        var known = model.Modalities.Where(entry => entry.Statistics is not null).ToDictionary(entry => entry.Modality, entry => entry.Statistics!, StringComparer.Ordinal);
        if (known.Count == 0)
            throw new InvalidOperationException("The model does not know what its maps were fitted on: they were made by hand. Make it with ModalityMaps that have statistics.");

        // Modalities of one model are fitted alike.
        var statistics = new ModalityStatisticsFitter(
            host, columns, new ModalityStatisticsOptions { Normalize = known.Values.First().Normalized, UnusableRows = options.UnusableRows, Moments = ModalityMoments.Covariance }).Fit(data);
        var modalities = new List<ModalityDrift>();
        foreach (var (name, found) in statistics)
        {
            if (!known.TryGetValue(name, out var fitted))
            {
                throw new InvalidDataException($"The data has rows of the modality '{name}', of which the model does not know what it was fitted on. It knows '{string.Join("', '", known.Keys)}'.");
            }

            if (found.Count == 1)
                throw new InvalidDataException($"'{name}' has one row, which does not tell how much rows vary. Check at least 2, better some dozens.");
            if (found.Dimension != fitted.Dimension)
                throw new InvalidDataException($"'{name}' was fitted on {fitted.Dimension} dimensions, but the data has {found.Dimension}.");
            modalities.Add(Compare(name, fitted, found, options.Significance));
        }

        foreach (var drift in modalities.Where(drift => drift.HasDrifted))
            channel.Warning($"{drift}. Fit the maps again on data like this.");
        return new DriftReport(modalities);
    }

    private static ModalityDrift Compare(string name, ModalityStatistics fitted, ModalityStatistics found, double significance)
    {
        var distance = GapMeasures.Distance(fitted.Mean, found.Mean);
        var expected = found.TotalVariance / found.Count + fitted.TotalVariance / fitted.Count;
        var covariances = found.GetCovariances();

        // The trace of the square of a sample's covariance is too large by about (tr C)²/n.
        var trace = found.TotalVariance;
        var square = Math.Max(DoubleMatrix.TraceOfProduct(covariances, covariances) - trace * trace / found.Count, trace * trace / found.Dimension);
        var probability = 1.0;
        if (expected > 0)
        {
            // Of rows that are all alike nothing is known of the directions; one is the most cautious.
            var freedom = square > 0 ? Math.Max(1, trace * trace / square) : 1;
            probability = 1 - ChiSquared.CDF(freedom, freedom * distance * distance / expected);
        }
        else if (distance > 0)
        {
            probability = 0;
        }

        return new ModalityDrift
        {
            Modality = name,
            Count = found.Count,
            Distance = distance,
            ExpectedDistance = Math.Sqrt(expected),
            PValue = probability,
            HasDrifted = probability < significance,
        };
    }

    /// <summary>In wide data those of the model's columns that are there.</summary>
    private static ModalityColumns FindColumns(EmbeddingMapTransformer model, IDataView data)
    {
        if (model.Columns.ModalityColumnName is not null)
            return model.Columns;
        var present = model.Columns.Pairs.Select(pair => pair.Input).Where(name => data.Schema.GetColumnOrNull(name) is not null).ToArray();
        return present.Length > 0
            ? ModalityColumns.PerColumn(present)
            : throw new ArgumentException($"The data has none of the model's columns '{string.Join("', '", model.Columns.Pairs.Select(pair => pair.Input))}'.", nameof(data));
    }
}
