namespace Microsoft.ML.ModalityGap;

/// <summary>Corrected scores of matches and of the best strangers, per modality of queries: what calibration is fitted on.</summary>
internal sealed class MatchSamples(IReadOnlyList<string> modalities)
{
    private readonly List<double>[] _matches = [.. modalities.Select(_ => new List<double>())];
    private readonly List<double>[] _strangers = [.. modalities.Select(_ => new List<double>())];

    /// <summary>Adds the scores of some banks, of queries of each modality with rows of the others.</summary>
    /// <param name="correction">What scores.</param>
    /// <param name="banks">Unit rows per modality, in the order of the names.</param>
    /// <param name="arePairs">Whether row i of all belongs together; otherwise rows that are each other's best count as matches, and a query's second best as its stranger.</param>
    internal void Add(SimilarityCorrection correction, IReadOnlyList<CorrectionBank> banks, bool arePairs)
    {
        for (var a = 0; a < banks.Count; a++)
        {
            for (var b = 0; b < banks.Count; b++)
            {
                if (a != b)
                    Add(a, Score(correction, banks[a], banks[b]), banks[a].Rows.Length / correction.Dimension, arePairs);
            }
        }
    }

    /// <summary>Fits a calibration per modality that has matches and strangers.</summary>
    internal IReadOnlyList<MatchCalibration> Fit(bool fromPairs) =>
        [.. modalities.Select((name, i) => (name, i)).Where(entry => _matches[entry.i].Count > 0 && _strangers[entry.i].Count > 0)
            .Select(entry => MatchCalibration.Fit(entry.name, _matches[entry.i], _strangers[entry.i], fromPairs))];

    /// <summary>Per gallery row its scores with all queries.</summary>
    private static float[] Score(SimilarityCorrection correction, CorrectionBank queries, CorrectionBank gallery)
    {
        var dimension = correction.Dimension;
        var (columns, rows) = (queries.Rows.Length / dimension, gallery.Rows.Length / dimension);
        var (scores, bias) = (new float[checked(rows * columns)], new float[rows]);
        MatrixProduct.Multiply(gallery.Rows, false, queries.Rows, true, rows, columns, dimension, scores);
        var scale = correction.ComputeBias(queries.Modality, gallery.Modality, gallery.Rows, bias);
        for (var i = 0; i < scores.Length; i++)
            scores[i] = scale * scores[i] - bias[i / columns];
        return scores;
    }

    private void Add(int modality, float[] scores, int queries, bool arePairs)
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
                if (arePairs && row == query)
                    continue;
                if (best[query] < 0 || score > scores[best[query] * queries + query])
                    (best[query], second[query]) = (row, best[query]);
                else if (second[query] < 0 || score > scores[second[query] * queries + query])
                    second[query] = row;
            }
        }

        for (var query = 0; query < queries; query++)
        {
            if (arePairs && query < rows)
                _matches[modality].Add(scores[query * queries + query]);
            else if (!arePairs && bestQuery[best[query]] == query)
                _matches[modality].Add(scores[best[query] * queries + query]);
            var stranger = arePairs ? best[query] : second[query];
            if (stranger >= 0)
                _strangers[modality].Add(scores[stranger * queries + query]);
        }
    }
}
