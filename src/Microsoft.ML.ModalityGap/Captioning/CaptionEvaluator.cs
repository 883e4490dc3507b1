using Microsoft.ML.Runtime;

namespace Microsoft.ML.ModalityGap;

/// <summary>Scores the captions of a corpus, in one pass.</summary>
internal static class CaptionEvaluator
{
    internal static CaptionScoreSummary Evaluate(IHost host, IDataView data, string imageName, string textName, ScoreCaptionsOptions options, UnusableRows policy)
    {
        var columns = CaptionColumns.Find(host, data.Schema, imageName, textName, options);
        FittedRows.Warn(host, data, columns.Image, columns.Text);
        options = options.Settle(columns);
        var hasReferences = columns.References.Count > 0;
        double sum = 0, squares = 0, cosines = 0, references = 0, minimum = double.PositiveInfinity, maximum = double.NegativeInfinity;
        var count = 0;
        long skipped = 0;
        using (var channel = host.Start("Evaluate captions"))
        using (var cursor = data.GetRowCursor(columns.All))
        {
            var row = new CaptionRow(cursor, columns, options, hasReferences);
            while (cursor.MoveNext())
            {
                row.Update();
                if (double.IsNaN(row.Cosine) || (hasReferences && double.IsNaN(row.ReferenceCosine)))
                {
                    if (policy == UnusableRows.Throw)
                        throw new InvalidDataException(Describe(row, RowNumbers.Get(cursor), imageName));
                    skipped++;
                    continue;
                }

                var score = CaptionScoring.Score(options.Kind, row.Cosine);
                count++;
                sum += score;
                squares += score * score;
                cosines += row.Cosine;
                references += hasReferences ? CaptionScoring.ReferenceScore(options.Kind, row.Cosine, row.ReferenceCosine) : 0;
                (minimum, maximum) = (Math.Min(minimum, score), Math.Max(maximum, score));
            }

            if (skipped > 0)
                channel.Warning($"{skipped} of {skipped + count} rows of '{imageName}' and '{textName}' could not be used and were left out.");
        }

        if (count == 0)
            throw new InvalidDataException($"'{imageName}' and '{textName}' have no row that can be used{(skipped > 0 ? $" ({skipped} left out)" : "")}.");
        var mean = sum / count;
        return new CaptionScoreSummary
        {
            Kind = options.Kind,
            Count = count,
            SkippedCount = skipped,
            Mean = options.Kind == CaptionScoreKind.TorchMetrics ? Math.Max(CaptionScoring.GetWeight(options.Kind) * cosines / count, 0) : mean,
            StandardDeviation = Math.Sqrt(Math.Max(squares / count - mean * mean, 0)),
            Minimum = minimum,
            Maximum = maximum,
            MeanCosine = cosines / count,
            ReferenceMean = hasReferences ? references / count : null,
        };
    }

    private static string Describe(CaptionRow row, long number, string imageName) =>
        $"Column '{row.FindUndirected() ?? imageName}', row {number} cannot be scored: it has no {(double.IsNaN(row.Cosine) ? "direction (zero, NaN or infinity)" : "reference, or one without a direction")}. "
        + $"Mend the data, or set {nameof(UnusableRows)} to {nameof(UnusableRows.Skip)} to leave such rows out.";
}
