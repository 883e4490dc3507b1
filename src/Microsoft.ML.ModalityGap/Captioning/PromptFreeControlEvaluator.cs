using Microsoft.ML.Runtime;

namespace Microsoft.ML.ModalityGap;

/// <summary>Compares all pairs with all pairs, in tiles.</summary>
internal static class PromptFreeControlEvaluator
{
    private const int TileRows = 64;

    internal static PromptFreeControl Evaluate(IHost host, IDataView data, string imageName, string textName, ScoreCaptionsOptions options, UnusableRows policy)
    {
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
            own[i] = CaptionScoring.Score(options.Kind, MatrixKernels.Dot(pairs.GetFirst(i), pairs.GetSecond(i)));
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
        var count = own.Length;
        var tiles = (count + TileRows - 1) / TileRows;
        var (sums, wins) = (new double[tiles], new long[tiles]);
        ParallelFor.Run(tiles, -1, tile =>
        {
            var first = tile * TileRows;
            var rows = Math.Min(TileRows, count - first);
            var scores = new float[rows * TileRows];
            for (var start = 0; start < count; start += TileRows)
            {
                var columns = Math.Min(TileRows, count - start);
                MatrixKernels.MultiplyTransposed(a.AsSpan(first * dimension, rows * dimension), b.AsSpan(start * dimension, columns * dimension), dimension, scores.AsSpan(0, rows * columns));
                for (var i = 0; i < rows; i++)
                {
                    for (var j = 0; j < columns; j++)
                    {
                        if (first + i == start + j)
                            continue;
                        var score = CaptionScoring.Score(kind, scores[i * columns + j]);
                        sums[tile] += score;
                        wins[tile] += score > own[first + i] ? 1 : 0;
                    }
                }
            }
        });
        var comparisons = (double)count * (count - 1);
        return (sums.Sum() / comparisons, wins.Sum() / comparisons);
    }
}
