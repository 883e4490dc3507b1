namespace Microsoft.ML.ModalityGap;

/// <summary>The similarities of mapped rows, each matrix computed when it is asked for and kept: what all corrections behind one map are measured with.</summary>
/// <param name="held">The mapped rows that are queries and gallery.</param>
/// <param name="bank">The mapped rows that corrections are fitted on; <see langword="null"/> where none is.</param>
internal sealed class PairScores(PairSet held, PairSet? bank = null)
{
    private static readonly string[] _sides = ["first", "second"];

    private readonly float[]?[] _held = new float[4][];
    private readonly float[]?[] _gallery = new float[4][];
    private readonly float[]?[] _inner = new float[4][];

    internal PairSet Held => held;

    /// <summary>The similarities of all queries of one side with all rows of a side, themselves included where it is their own.</summary>
    internal float[] GetHeld(int query, int gallery) => _held[2 * query + gallery] ??= query == 1 && gallery == 0
        ? Transpose(GetHeld(0, 1), held.Count(0), held.Count(1))
        : CorrectionFit.Multiply(held.GetRows(query), held.GetRows(gallery), held.Dimension);

    /// <summary>The distance of the modalities' means.</summary>
    internal double MeasureGap()
    {
        var means = Enumerable.Range(0, 2).Select(side => ModalityStatistics.FromRows(held.GetRows(side), held.Dimension, new ModalityStatisticsOptions { Normalize = false })).ToArray();
        return GapMeasures.Distance(means[0].Mean, means[1].Mean);
    }

    /// <summary>Similarities as they are.</summary>
    internal ScoreView[][] ToViews() => [.. Enumerable.Range(0, 2).Select(query => Enumerable.Range(0, 2).Select(gallery => new ScoreView(GetHeld(query, gallery), held.Count(gallery))).ToArray())];

    /// <summary>What a correction fitted on the bank makes of them: (s − bias(g) − m)/d, as <see cref="SimilarityCorrection"/> has it. No row of the bank belongs to a held one.</summary>
    internal ScoreView[][] ToViews(SimilarityCorrectionOptions options)
    {
        var biases = _sides.Select((_, side) => new BankBias(options.Hubness, bank!.GetRows(side), held.Dimension)).ToArray();
        return [.. Enumerable.Range(0, 2).Select(query => Enumerable.Range(0, 2).Select(gallery => Correct(query, gallery, biases[query], options)).ToArray())];
    }

    private ScoreView Correct(int query, int gallery, BankBias bankBias, SimilarityCorrectionOptions options)
    {
        var bias = new float[held.Count(gallery)];
        var queries = bank!.Count(query);
        if (bankBias.Count > 0)
        {
            var scores = _gallery[2 * query + gallery] ??= CorrectionFit.Multiply(held.GetRows(gallery), bank.GetRows(query), held.Dimension);
            var line = new float[queries];
            for (var row = 0; row < bias.Length; row++)
            {
                scores.AsSpan(row * queries, queries).CopyTo(line);
                bias[row] = bankBias.Reduce(line);
            }
        }

        if (options.Standardization is not { } standardization)
            return new ScoreView(GetHeld(query, gallery), held.Count(gallery), 1, bias);
        var inner = _inner[2 * query + gallery] ??= CorrectionFit.Multiply(bank.GetRows(gallery), bank.GetRows(query), held.Dimension);
        var (galleryItems, queryItems) = options.LeavePartnersOut ? (bank.GetItems(gallery), bank.GetItems(query)) : (null, null);
        var moments = CorrectionFit.Measure(
            standardization, _sides[query], _sides[gallery], CorrectionFit.Bias([.. inner], galleryItems, queryItems, queries, bankBias), queries);
        var scale = (float)(1 / moments.Deviation);
        for (var row = 0; row < bias.Length; row++)
            bias[row] = (bias[row] + (float)moments.Mean) * scale;
        return new ScoreView(GetHeld(query, gallery), held.Count(gallery), scale, bias);
    }

    private static float[] Transpose(float[] matrix, int rows, int columns)
    {
        const int Block = 16;
        var result = new float[matrix.Length];
        for (var first = 0; first < columns; first += Block)
        {
            var end = Math.Min(columns, first + Block);
            for (var row = 0; row < rows; row++)
            {
                for (var column = first; column < end; column++)
                    result[column * rows + row] = matrix[row * columns + column];
            }
        }

        return result;
    }
}
