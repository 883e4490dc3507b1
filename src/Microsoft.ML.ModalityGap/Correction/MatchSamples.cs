namespace Microsoft.ML.ModalityGap;

/// <summary>Corrected scores of best rows that are matches, and of best rows that are not, per modality of queries: what calibration is fitted on.</summary>
/// <remarks>Each query counts twice: in the gallery as it is, where its best row is the match or a stranger, and in the gallery without its match, where it is a stranger.</remarks>
internal sealed class MatchSamples(IReadOnlyList<string> modalities)
{
    private readonly List<double>[] _matches = [.. modalities.Select(_ => new List<double>())];
    private readonly List<double>[] _strangers = [.. modalities.Select(_ => new List<double>())];

    /// <summary>Adds the scores of queries of each modality with rows of the others.</summary>
    /// <param name="correction">What scores.</param>
    /// <param name="queries">Unit rows per modality, in the order of the names.</param>
    /// <param name="gallery">Likewise.</param>
    /// <param name="partners">Per query the row of each gallery that matches it; <see langword="null"/> where that is not known: rows that are each other's best then count as matches.</param>
    /// <param name="known">Per row of the gallery its partner's row in the correction's banks, which its bias is computed without, or −1.</param>
    internal void Add(SimilarityCorrection correction, IReadOnlyList<CorrectionBank> queries, IReadOnlyList<CorrectionBank> gallery, int[]? partners, int[]? known)
    {
        for (var a = 0; a < queries.Count; a++)
        {
            for (var b = 0; b < gallery.Count; b++)
            {
                if (a != b)
                    Add(a, Score(correction, queries[a], gallery[b], known), queries[a].Rows.Length / correction.Dimension, partners);
            }
        }
    }

    /// <summary>Fits a calibration per modality that has matches and strangers.</summary>
    internal IReadOnlyList<MatchCalibration> Fit(bool fromPairs) =>
        [.. modalities.Select((name, i) => (name, i)).Where(entry => _matches[entry.i].Count > 0 && _strangers[entry.i].Count > 0)
            .Select(entry => MatchCalibration.Fit(entry.name, _matches[entry.i], _strangers[entry.i], fromPairs))];

    /// <summary>Per gallery row its scores with all queries.</summary>
    private static float[] Score(SimilarityCorrection correction, CorrectionBank queries, CorrectionBank gallery, int[]? known)
    {
        var dimension = correction.Dimension;
        var (columns, rows) = (queries.Rows.Length / dimension, gallery.Rows.Length / dimension);
        var scores = new float[checked(rows * columns)];
        MatrixProduct.Multiply(gallery.Rows, false, queries.Rows, true, rows, columns, dimension, scores);
        var (moments, bias) = (correction.GetMoments(queries.Modality, gallery.Modality), ComputeBias(correction.GetBias(queries.Modality), gallery, known));
        for (var i = 0; i < scores.Length; i++)
            scores[i] = (float)((scores[i] - bias[i / columns] - moments.Mean) / moments.Deviation);
        return scores;
    }

    private static float[] ComputeBias(BankBias bias, CorrectionBank gallery, int[]? known)
    {
        var result = new float[gallery.Rows.Length / bias.Dimension];
        if (bias.Count == 0)
            return result;
        var similarities = new float[checked(result.Length * bias.Count)];
        MatrixProduct.Multiply(gallery.Rows, false, bias.Bank, true, result.Length, bias.Count, bias.Dimension, similarities);
        for (var row = 0; row < result.Length; row++)
        {
            var line = similarities.AsSpan(row * bias.Count, bias.Count);
            if (known is not null && known[row] >= 0)
                line[known[row]] = BankBias.OfItself;
            result[row] = bias.Reduce(line);
        }

        return result;
    }

    private void Add(int modality, float[] scores, int queries, int[]? partners)
    {
        var rows = scores.Length / queries;
        var (best, second, bestQuery) = (new int[queries], new int[queries], new int[rows]);
        best.AsSpan().Fill(-1);
        second.AsSpan().Fill(-1);
        for (var row = 0; row < rows; row++)
        {
            for (var query = 0; query < queries; query++)
            {
                var score = scores[row * queries + query];
                if (score > scores[row * queries + bestQuery[row]])
                    bestQuery[row] = query;
                if (best[query] < 0 || score > scores[best[query] * queries + query])
                    (best[query], second[query]) = (row, best[query]);
                else if (second[query] < 0 || score > scores[second[query] * queries + query])
                    second[query] = row;
            }
        }

        for (var query = 0; query < queries; query++)
        {
            var isMatch = partners is null ? bestQuery[best[query]] == query : best[query] == partners[query];
            (isMatch ? _matches : _strangers)[modality].Add(scores[best[query] * queries + query]);
            var stranger = isMatch ? second[query] : best[query];
            if (stranger >= 0)
                _strangers[modality].Add(scores[stranger * queries + query]);
        }
    }
}
