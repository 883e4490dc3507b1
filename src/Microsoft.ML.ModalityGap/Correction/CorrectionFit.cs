using System.Numerics.Tensors;

namespace Microsoft.ML.ModalityGap;

/// <summary>
/// Fits a <see cref="SimilarityCorrection"/> to banks in memory: pure functions of unit rows, for estimators and for cross-validation alike.
/// </summary>
internal static class CorrectionFit
{
    /// <summary>Fewer rows say nothing of how probable a match is.</summary>
    internal const int MinimumCalibrationRows = 10;

    /// <summary>With fewer items no half of them says anything of the other, so what a correction is fitted on is measured, too.</summary>
    internal const int MinimumCrossedItems = 20;

    // Cosines in float differ by about 1e-7 where they are the same.
    private const double SmallestDeviation = 1e-6;

    /// <summary>Fits a correction.</summary>
    /// <param name="banks">A bank per modality, behind its map; each asks and is asked for.</param>
    /// <param name="dimension">Of their rows.</param>
    /// <param name="arePairs">Whether row i of all banks belongs together.</param>
    /// <param name="options">How.</param>
    /// <param name="crossed">
    /// What to measure, by maps that were fitted on other rows; <see langword="null"/> for the banks themselves: behind maps fitted on them matches then look more probable, and the other modality better, than of new rows.
    /// </param>
    /// <exception cref="InvalidDataException">Similarities of two modalities have no mean, or the deviation 0.</exception>
    internal static SimilarityCorrection Fit(
        IReadOnlyList<CorrectionBank> banks, int dimension, bool arePairs, SimilarityCorrectionOptions options, IReadOnlyList<CorrectionPart>? crossed = null)
    {
        var names = banks.Select(bank => bank.Modality).ToArray();
        var parts = crossed ?? [CreateWhole(banks, dimension, arePairs)];
        BankBias[] biases = [.. banks.Select(bank => new BankBias(options.Hubness, bank.Rows, dimension))];
        var correction = new SimilarityCorrection(dimension, options.Standardization, names, biases, Measure(parts, names, options, leavesOut: arePairs && options.LeavePartnersOut), []);
        if (!options.Calibrate || banks.Count < 2 || banks.Any(bank => bank.Rows.Length / dimension < MinimumCalibrationRows))
            return correction;
        return correction.WithCalibrations(MatchSamples.Fit(correction, parts, arePairs));
    }

    /// <summary>m and d, per modality of queries and of rows, over all parts; where d is a deviation, around each part's own mean.</summary>
    /// <param name="parts">What to measure.</param>
    /// <param name="names">The modalities.</param>
    /// <param name="options">Of what.</param>
    /// <param name="leavesOut">Whether rows of a query's item are left out.</param>
    /// <exception cref="InvalidDataException">Two modalities have no similarity, or all the same ones.</exception>
    internal static SimilarityMoments[][] Measure(IReadOnlyList<CorrectionPart> parts, IReadOnlyList<string> names, SimilarityCorrectionOptions options, bool leavesOut) =>
        [.. Enumerable.Range(0, names.Count).Select(query => Enumerable.Range(0, names.Count).Select(gallery => options.Standardization is { } standardization
            ? Measure(parts, (query, names[query]), (gallery, names[gallery]), options.Hubness, standardization, leavesOut)
            : new SimilarityMoments(names[query], names[gallery], 0, 1, 0)).ToArray())];

    /// <summary>The cosines of all rows of one bank with all of another.</summary>
    internal static float[] Multiply(float[] gallery, float[] queries, int dimension, ArrayArena<float>? arena = null)
    {
        var (rows, columns) = (gallery.Length / dimension, queries.Length / dimension);
        var scores = ArrayArena<float>.Rent(arena, checked(rows * columns));
        MatrixProduct.Multiply(gallery, false, queries, true, rows, columns, dimension, scores);
        return scores;
    }

    /// <summary>The cosines of all rows of a bank with each other.</summary>
    internal static float[] MultiplyByItself(float[] rows, int dimension, ArrayArena<float>? arena = null)
    {
        var count = rows.Length / dimension;
        var scores = ArrayArena<float>.Rent(arena, checked(count * count));
        MatrixProduct.MultiplyByItself(rows, count, dimension, scores);
        return scores;
    }

    /// <summary>Which of paired rows are of one item: partners, and all that share a row with them, such as the captions of an image that stands beside each of them.</summary>
    /// <param name="rows">Per modality, row i of all belonging together.</param>
    /// <param name="dimensions">Per modality.</param>
    internal static int[] FindItems(IReadOnlyList<float[]> rows, IReadOnlyList<int> dimensions)
    {
        var items = new ItemSets(rows[0].Length / dimensions[0]);
        for (var modality = 0; modality < rows.Count; modality++)
        {
            var d = dimensions[modality];
            var known = new Dictionary<string, int>(StringComparer.Ordinal);
            for (var row = 0; row < items.Count; row++)
            {
                var content = new string(System.Runtime.InteropServices.MemoryMarshal.Cast<float, char>(rows[modality].AsSpan(row * d, d)));
                if (!known.TryAdd(content, row))
                    items.Join(row, known[content]);
            }
        }

        return items.ToArray();
    }

    /// <summary>Items of rows that are no pairs: rows of two modalities that are each other's nearest are of one, by way of a guess; all others are alone.</summary>
    /// <returns>Per modality the item of each row.</returns>
    internal static int[][] GuessItems(IReadOnlyList<CorrectionBank> banks, int dimension)
    {
        int[] counts = [.. banks.Select(bank => bank.Rows.Length / dimension)], starts = [.. counts.Select((_, i) => counts[..i].Sum())];
        var items = new ItemSets(counts.Sum());
        for (var a = 0; a < banks.Count; a++)
        {
            for (var b = a + 1; b < banks.Count; b++)
            {
                var similarities = Multiply(banks[a].Rows, banks[b].Rows, dimension);
                var transposed = MatrixProduct.Transpose(similarities, counts[a], counts[b]);
                for (var row = 0; row < counts[a]; row++)
                {
                    var nearest = TensorPrimitives.IndexOfMax<float>(similarities.AsSpan(row * counts[b], counts[b]));
                    if (TensorPrimitives.IndexOfMax<float>(transposed.AsSpan(nearest * counts[a], counts[a])) == row)
                        items.Join(starts[a] + row, starts[b] + nearest);
                }
            }
        }

        var all = items.ToArray();
        return [.. counts.Select((count, i) => all.AsSpan(starts[i], count).ToArray())];
    }

    /// <summary>The banks as what is measured.</summary>
    private static CorrectionPart CreateWhole(IReadOnlyList<CorrectionBank> banks, int dimension, bool arePairs)
    {
        var items = arePairs
            ? FindItems([.. banks.Select(bank => bank.Rows)], [.. banks.Select(_ => dimension)]) is var paired ? [.. banks.Select(_ => paired)] : []
            : GuessItems(banks, dimension);
        CorrectionRows[] rows = [.. banks.Select((bank, i) => new CorrectionRows(bank.Rows, items[i], [.. Enumerable.Range(0, items[i].Length)]))];
        return new CorrectionPart(dimension, rows, rows);
    }

    private static SimilarityMoments Measure(
        IReadOnlyList<CorrectionPart> parts, (int Index, string Name) query, (int Index, string Name) gallery, HubnessCorrection hubness, SimilarityStandardization standardization, bool leavesOut)
    {
        var (count, sum, spread) = (0L, 0.0, 0.0);
        foreach (var part in parts)
        {
            var (values, falls) = Collect(part, query.Index, gallery.Index, hubness, standardization.Sample, leavesOut);
            if (values.Count == 0)
                continue;
            var mean = values.Average(value => (double)value);
            count += values.Count;
            sum += values.Count * mean;
            spread += falls ?? values.Sum(value => (value - mean) * (value - mean));
        }

        if (count == 0)
        {
            throw new InvalidDataException(
                $"Queries of '{query.Name}' have no similarity to a row of '{gallery.Name}' to standardise by: the banks hold nothing but the same rows, or partners that are left out. Give banks of more rows.");
        }

        var deviation = standardization.Sample == SimilaritySample.BestFifth ? spread / count : Math.Sqrt(spread / count);
        if (!standardization.OffsetOnly && !(deviation > SmallestDeviation))
        {
            throw new InvalidDataException(
                $"All {count} similarities of queries of '{query.Name}' to rows of '{gallery.Name}' that scores are standardised by are the same, so there is no deviation to divide by. Give banks of more and different rows, or take the offset alone ({nameof(SimilarityStandardization.OffsetOnly)}).");
        }

        return new SimilarityMoments(query.Name, gallery.Name, sum / count, standardization.OffsetOnly ? 1 : deviation, count);
    }

    /// <summary>The similarities that means are of, less the rows' biases; of the best fifth also how far its means lie below the best, together.</summary>
    private static (List<float> Values, double? Falls) Collect(CorrectionPart part, int query, int gallery, HubnessCorrection hubness, SimilaritySample sample, bool leavesOut)
    {
        var bias = part.ComputeBias(hubness, query, gallery, leavesOut);
        var (line, keys, values, falls) = (new float[bias.Length], new int[bias.Length], new List<float>(), 0.0);
        for (var row = 0; row < part.Rows[query].Items.Length; row++)
        {
            part.Score(query, gallery, row, bias, leavesOut, line);
            if (sample == SimilaritySample.AllSimilarities)
            {
                values.AddRange(line.Where(float.IsFinite));
                continue;
            }

            if (line.Length == 0 || TensorPrimitives.Max<float>(line) is not (var best and > float.NegativeInfinity and < float.PositiveInfinity))
                continue;
            values.Add(best);
            if (sample == SimilaritySample.BestFifth)
                falls += best - LargestValues.Mean(line, CountBest(line), keys);
        }

        return (values, sample == SimilaritySample.BestFifth ? falls : null);
    }

    /// <summary>A fifth of the rows that are not left out; two at least, where there are two.</summary>
    private static int CountBest(ReadOnlySpan<float> line)
    {
        var finite = line.Length - line.Count(float.NegativeInfinity);
        return Math.Min(finite, Math.Max(2, (finite + 4) / 5));
    }

    /// <summary>Rows that are joined to items.</summary>
    private sealed class ItemSets(int count)
    {
        private readonly int[] _parents = [.. Enumerable.Range(0, count)];

        internal int Count => count;

        internal void Join(int a, int b) => _parents[Find(a)] = Find(b);

        internal int[] ToArray() => [.. Enumerable.Range(0, count).Select(Find)];

        private int Find(int row)
        {
            while (_parents[row] != row)
                row = _parents[row] = _parents[_parents[row]];
            return row;
        }
    }
}
