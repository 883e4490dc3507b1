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
        var items = arePairs && options.LeavePartnersOut ? FindItems(banks, dimension) : null;
        BankBias[] biases = [.. banks.Select(bank => new BankBias(options.Hubness, bank.Rows, dimension))];
        var moments = names.Select(query => names.Select(gallery => new SimilarityMoments(query, gallery, 0, 1, 0)).ToArray()).ToArray();
        if (options.Standardization is { } standardization)
        {
            for (var a = 0; a < banks.Count; a++)
            {
                for (var b = 0; b < banks.Count; b++)
                    moments[a][b] = Measure(standardization, names[a], names[b], Bias(Multiply(banks[b].Rows, banks[a].Rows, dimension), items, items, banks[a].Rows.Length / dimension, biases[a]), banks[a].Rows.Length / dimension);
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

    /// <summary>The cosines of all rows of one bank with all of another.</summary>
    internal static float[] Multiply(float[] gallery, float[] queries, int dimension)
    {
        var (rows, columns) = (gallery.Length / dimension, queries.Length / dimension);
        var scores = new float[checked(rows * columns)];
        MatrixProduct.Multiply(gallery, false, queries, true, rows, columns, dimension, scores);
        return scores;
    }

    /// <summary>
    /// Similarities of each gallery row with all queries, less its bias, in their place; NaN for what is left out: a row with itself, and rows of the same item. The bias of a row is without what is left out.
    /// </summary>
    /// <param name="scores">Per gallery row its cosines with all queries.</param>
    /// <param name="galleryItems">The item of each gallery row; <see langword="null"/> where partners are not left out, or not known.</param>
    /// <param name="queryItems">That of each query.</param>
    /// <param name="columns">The number of queries.</param>
    /// <param name="bias">What is taken.</param>
    internal static float[] Bias(float[] scores, int[]? galleryItems, int[]? queryItems, int columns, BankBias bias)
    {
        var counted = new float[columns];
        for (var row = 0; row < scores.Length / columns; row++)
        {
            var line = scores.AsSpan(row * columns, columns);
            for (var i = 0; i < columns; i++)
            {
                if (line[i] > BankBias.SameRow || (galleryItems is not null && galleryItems[row] == queryItems![i]))
                    line[i] = float.NaN;
                counted[i] = float.IsNaN(line[i]) ? BankBias.OfItself : line[i];
            }

            TensorPrimitives.Subtract(line, bias.Reduce(counted), line);
        }

        return scores;
    }

    /// <summary>Which rows of paired banks are of one item: partners, and all that share a row with them, such as the captions of an image that stands beside each of them.</summary>
    private static int[] FindItems(IReadOnlyList<CorrectionBank> banks, int dimension)
    {
        var items = Enumerable.Range(0, banks.Min(bank => bank.Rows.Length) / dimension).ToArray();
        int Find(int item)
        {
            while (items[item] != item)
                item = items[item] = items[items[item]];
            return item;
        }

        foreach (var bank in banks)
        {
            var known = new Dictionary<string, int>(StringComparer.Ordinal);
            for (var row = 0; row < items.Length; row++)
            {
                var content = new string(System.Runtime.InteropServices.MemoryMarshal.Cast<float, char>(bank.Rows.AsSpan(row * dimension, dimension)));
                if (!known.TryAdd(content, row))
                    items[Find(row)] = Find(known[content]);
            }
        }

        return [.. Enumerable.Range(0, items.Length).Select(Find)];
    }

    /// <param name="standardization">Of what.</param>
    /// <param name="query">The modality of the queries.</param>
    /// <param name="gallery">That of the rows.</param>
    /// <param name="biased">Per row of the gallery its scores with all queries.</param>
    /// <param name="queries">The number of queries.</param>
    internal static SimilarityMoments Measure(SimilarityStandardization standardization, string query, string gallery, float[] biased, int queries)
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
