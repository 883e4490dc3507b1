using System.Numerics.Tensors;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.ModalityGap;

/// <summary>Compares texts with a bank of images.</summary>
internal static class VisualnessEvaluator
{
    internal static VisualnessScores Score(IHost host, IDataView texts, string textName, IDataView images, string imageName, VisualnessOptions options)
    {
        var bank = Load(host, images, imageName, options.ImageMap, options.UnusableRows);
        var rows = Load(host, texts, textName, options.TextMap, options.UnusableRows);
        if (rows.Dimension != bank.Dimension)
            throw new InvalidDataException($"Only embeddings of one space can be compared, but '{textName}' has {rows.Dimension} dimensions and '{imageName}' {bank.Dimension}.");
        if (options.TextMap is null == options.ImageMap is null)
            MapFingerprint.Check(EmbeddingColumns.Find(host, texts.Schema, textName), EmbeddingColumns.Find(host, images.Schema, imageName));

        // A row of texts is one visitor's alone.
        var neighbors = Math.Min(options.Neighbors, bank.Count);
        var (nearest, sums) = (new TopLists(rows.Count, neighbors), new double[rows.Count]);
        ScoreTiles.Visit(rows.Values, bank.Values, rows.Dimension, () => new Visitor(nearest, sums));
        var scores = new double[rows.Count + rows.SkippedCount];
        Array.Fill(scores, double.NaN);
        for (var i = 0; i < rows.Count; i++)
        {
            var best = 0.0;
            foreach (var score in nearest.GetScores(i))
                best += score;
            scores[rows.Rows[i]] = best / neighbors - (options.IsRelative ? sums[i] / bank.Count : 0);
        }

        return new VisualnessScores { Scores = scores, ImageCount = bank.Count, Neighbors = neighbors };
    }

    private static EvaluationRows Load(IHost host, IDataView data, string name, EmbeddingMap? map, UnusableRows policy) => EvaluationRows.Load(
        host, map is null ? data : new EmbeddingMapTransformer(host, ModalityColumns.PerColumn(name), [new ModalityMap(name, map)]).Transform(data), name, normalize: true, policy);

    private sealed class Visitor(TopLists nearest, double[] sums) : IScoreVisitor
    {
        public void Visit(in ScoreTile tile)
        {
            for (var i = 0; i < tile.Rows; i++)
            {
                nearest.Add(tile.FirstRow + i, tile.GetRow(i), tile.FirstColumn, positions: default);
                sums[tile.FirstRow + i] += TensorPrimitives.Sum(tile.GetRow(i));
            }
        }

        public void EndRows(int firstRow, int rows)
        {
        }
    }
}
