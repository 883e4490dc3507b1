using Microsoft.ML.Runtime;

namespace Microsoft.ML.ModalityGap;

/// <summary>Compares all pairs with all pairs, in tiles.</summary>
internal static class PromptFreeControlEvaluator
{
    internal static PromptFreeControl Evaluate(IHost host, IDataView data, string imageName, string textName, ScoreCaptionsOptions options, UnusableRows policy)
    {
        options = options.Settle(CaptionColumns.Find(host, data.Schema, imageName, textName, options));
        var maps = new[] { (Name: imageName, Map: options.ImageMap), (Name: textName, Map: options.TextMap) }.Where(entry => entry.Map is not null).ToArray();
        if (maps.Length > 0)
        {
            var columns = ModalityColumns.PerColumn(maps.Select(entry => entry.Name));
            data = new EmbeddingMapTransformer(host, columns, [.. maps.Select(entry => new ModalityMap(entry.Name, entry.Map!))]).Transform(data);
        }

        using var channel = host.Start("Evaluate the prompt-free control");
        var pairs = EmbeddingPairs.Load(host, data, imageName, textName, policy);
        if (pairs.SkippedCount > 0)
            channel.Warning($"{pairs.SkippedCount} of {pairs.SkippedCount + pairs.Count} pairs of '{imageName}' and '{textName}' could not be used and were left out.");

        var own = new double[pairs.Count];
        for (var i = 0; i < own.Length; i++)
            own[i] = CaptionScoring.Score(options.Kind, ScoreTiles.Score(pairs.GetFirst(i), pairs.GetSecond(i)));
        var text = Compare(pairs.First, pairs.Second, pairs.Dimension, options.Kind, own);
        var image = Compare(pairs.First, pairs.First, pairs.Dimension, options.Kind, own);
        var between = Compare(pairs.Second, pairs.Second, pairs.Dimension, options.Kind, own);
        return new PromptFreeControl
        {
            Count = pairs.Count,
            SkippedCount = pairs.SkippedCount,
            Kind = options.Kind,
            MatchedImageText = own.Average(),
            MismatchedImageText = text.Mean,
            MismatchedImageImage = image.Mean,
            MismatchedTextText = between.Mean,
            ImagePreferredToOwnText = image.Preferred,
            TextPreferredToOwnImage = between.Preferred,
            OtherTextPreferredToOwn = text.Preferred,
        };
    }

    /// <summary>Over all i ≠ j the mean score of a_i with b_j, and how often it is above that of pair i.</summary>
    private static (double Mean, double Preferred) Compare(float[] a, float[] b, int dimension, CaptionScoreKind kind, double[] own)
    {
        // Each row is one visitor's alone; added up in the order of rows the result does not depend on the number of threads.
        var (sums, wins) = (new double[own.Length], new long[own.Length]);
        ScoreTiles.Visit(a, b, dimension, () => new Visitor(kind, own, sums, wins));
        var comparisons = (double)own.Length * (own.Length - 1);
        return (sums.Sum() / comparisons, wins.Sum() / comparisons);
    }

    private sealed class Visitor(CaptionScoreKind kind, double[] own, double[] sums, long[] wins) : IScoreVisitor
    {
        public void Visit(in ScoreTile tile)
        {
            for (var i = 0; i < tile.Rows; i++)
            {
                var row = tile.FirstRow + i;
                var (sum, won) = (0.0, 0);
                var scores = tile.GetRow(i);
                for (var j = 0; j < tile.Columns; j++)
                {
                    if (tile.FirstColumn + j == row)
                        continue;
                    var score = CaptionScoring.Score(kind, scores[j]);
                    sum += score;
                    won += score > own[row] ? 1 : 0;
                }

                sums[row] += sum;
                wins[row] += won;
            }
        }

        public void EndRows(int firstRow, int rows)
        {
        }
    }
}
