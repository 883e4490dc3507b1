using System.Numerics.Tensors;

namespace Microsoft.ML.ModalityGap;

/// <summary>
/// Fits a <see cref="SimilarityCorrection"/> to banks in memory: pure functions of unit rows, for estimators and for cross-validation alike.
/// </summary>
internal static class CorrectionFit
{
    /// <summary>Fewer rows say nothing of how probable a match is.</summary>
    internal const int MinimumCalibrationRows = 10;

    // Cosines in float differ by about 1e-7 where they are the same.
    private const double SmallestDeviation = 1e-6;

    /// <summary>Fits a correction.</summary>
    /// <param name="banks">A bank per modality, behind its map; each asks and is asked for.</param>
    /// <param name="dimension">Of their rows.</param>
    /// <param name="arePairs">Whether row i of all banks belongs together.</param>
    /// <param name="options">How.</param>
    /// <param name="calibrate">Whether to calibrate on these banks themselves, where the options want it: with maps that were fitted on the same rows, matches then look more probable than new ones are.</param>
    /// <exception cref="InvalidDataException">Similarities of two modalities have no mean, or the deviation 0.</exception>
    internal static SimilarityCorrection Fit(IReadOnlyList<CorrectionBank> banks, int dimension, bool arePairs, SimilarityCorrectionOptions options, bool calibrate = true)
    {
        var names = banks.Select(bank => bank.Modality).ToArray();
        BankBias[] biases = [.. banks.Select(bank => new BankBias(options.Hubness, bank.Rows, dimension))];
        var moments = names.Select(query => names.Select(gallery => new SimilarityMoments(query, gallery, 0, 1, 0)).ToArray()).ToArray();
        if (options.Standardization is { } standardization)
        {
            for (var a = 0; a < banks.Count; a++)
            {
                for (var b = 0; b < banks.Count; b++)
                    moments[a][b] = Measure(standardization, names[a], names[b], GetBiased(banks[a], banks[b], dimension, arePairs && a != b && options.LeavePartnersOut, biases[a]), banks[a].Rows.Length / dimension);
            }
        }

        var correction = new SimilarityCorrection(dimension, options.Standardization, names, biases, moments, []);
        if (!options.Calibrate || !calibrate || banks.Count < 2 || banks.Any(bank => bank.Rows.Length / dimension < MinimumCalibrationRows))
            return correction;
        var samples = new MatchSamples(names);
        int[]? rows = arePairs ? [.. Enumerable.Range(0, banks[0].Rows.Length / dimension)] : null;
        samples.Add(correction, banks, banks, rows, rows);
        return correction.WithCalibrations(samples.Fit(arePairs));
    }

    /// <summary>
    /// Similarities of each gallery row with all queries, less its bias; NaN for what is left out: a row with itself, and a partner where they are left out. The bias of a row is without what is left out.
    /// </summary>
    private static float[] GetBiased(CorrectionBank queries, CorrectionBank gallery, int dimension, bool leavesPartnersOut, BankBias bias)
    {
        var (columns, rows) = (queries.Rows.Length / dimension, gallery.Rows.Length / dimension);
        var scores = new float[checked(rows * columns)];
        MatrixProduct.Multiply(gallery.Rows, false, queries.Rows, true, rows, columns, dimension, scores);
        var counted = new float[columns];
        for (var row = 0; row < rows; row++)
        {
            var line = scores.AsSpan(row * columns, columns);
            if (leavesPartnersOut && row < columns)
                line[row] = float.NaN;
            for (var i = 0; i < columns; i++)
            {
                if (line[i] > BankBias.SameRow)
                    line[i] = float.NaN;
                counted[i] = float.IsNaN(line[i]) ? BankBias.OfItself : line[i];
            }

            TensorPrimitives.Subtract(line, bias.Reduce(counted), line);
        }

        return scores;
    }

    /// <param name="standardization">Of what.</param>
    /// <param name="query">The modality of the queries.</param>
    /// <param name="gallery">That of the rows.</param>
    /// <param name="biased">Per row of the gallery its scores with all queries.</param>
    /// <param name="queries">The number of queries.</param>
    private static SimilarityMoments Measure(SimilarityStandardization standardization, string query, string gallery, float[] biased, int queries)
    {
        IEnumerable<float> counted = standardization.Sample == SimilaritySample.AllSimilarities ? biased : FindBest(biased, queries);
        var (count, sum, shift) = (0L, 0.0, double.NaN);
        var squares = 0.0;
        foreach (var value in counted)
        {
            if (float.IsNaN(value))
                continue;
            if (count++ == 0)
                shift = value;
            sum += value - shift;
            squares += (value - shift) * (value - shift);
        }

        if (count == 0)
        {
            throw new InvalidDataException(
                $"Queries of '{query}' have no similarity to a row of '{gallery}' to standardise by: the banks hold nothing but the same rows, or partners that are left out. Give banks of more rows.");
        }

        var mean = sum / count;
        var deviation = Math.Sqrt(Math.Max(0, squares / count - mean * mean));
        if (!standardization.OffsetOnly && !(deviation > SmallestDeviation))
        {
            throw new InvalidDataException(
                $"All {count} similarities of queries of '{query}' to rows of '{gallery}' that scores are standardised by are the same, so there is no deviation to divide by. Give banks of more and different rows, or take the offset alone ({nameof(SimilarityStandardization.OffsetOnly)}).");
        }

        return new SimilarityMoments(query, gallery, mean + shift, standardization.OffsetOnly ? 1 : deviation, count);
    }

    /// <summary>The best score of each query.</summary>
    private static float[] FindBest(float[] biased, int queries)
    {
        var best = new float[queries];
        best.AsSpan().Fill(float.NaN);
        for (var at = 0; at < biased.Length; at += queries)
            TensorPrimitives.MaxNumber(best, biased.AsSpan(at, queries), best);
        return best;
    }
}
