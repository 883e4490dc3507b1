using System.Numerics.Tensors;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.ModalityGap;

/// <summary>What the length of texts does to their embeddings.</summary>
internal static class LengthEvaluator
{
    internal static LengthCollapseMetrics Evaluate(IHost host, IDataView data, string textName, string lengthName, int groupCount, UnusableRows policy)
    {
        var (rows, lengths) = Load(host, data, textName, lengthName, policy);
        var d = rows.Dimension;
        var all = ModalityStatistics.FromRows(rows.Values, d);
        var center = all.Mean.ToArray();
        if (!(TensorPrimitives.Norm<double>(center) > 0) || Array.TrueForAll(lengths, length => length == lengths[0]))
            throw new InvalidDataException($"Every text has the length {lengths[0]} in '{lengthName}', or the texts of '{textName}' have no mean direction; what does not vary goes with nothing.");
        var nearness = new double[rows.Count];
        for (var i = 0; i < nearness.Length; i++)
        {
            for (var j = 0; j < d; j++)
                nearness[i] += rows.Values[i * d + j] * center[j];
        }

        return new LengthCollapseMetrics
        {
            Groups = [.. Divide(lengths, groupCount).Select(group => new LengthGroup(lengths[group[0]], lengths[group[^1]], group.Length, MeanCosine(rows.Values, d, group)))],
            Correlation = RankCorrelation.Spearman(lengths, nearness),
            SkippedCount = rows.SkippedCount,
        };
    }

    internal static LengthTemperatures Fit(
        IHost host, IDataView data, string textName, string lengthName, IDataView bank, string bankName, int groupCount, UnusableRows policy)
    {
        var (rows, lengths) = Load(host, data, textName, lengthName, policy);
        var others = EvaluationRows.Load(host, bank, bankName, normalize: true, policy);
        if (rows.Dimension != others.Dimension)
            throw new InvalidDataException($"Only embeddings of one space can be compared, but '{textName}' has {rows.Dimension} dimensions and '{bankName}' {others.Dimension}.");
        var (sums, squares) = (new double[rows.Count], new double[rows.Count]);
        ScoreTiles.Visit(rows.Values, others.Values, rows.Dimension, () => new Visitor(sums, squares));
        var (mean, deviation) = Summarize(sums, squares, [.. Enumerable.Range(0, rows.Count)], others.Count);
        var groups = Divide(lengths, groupCount).Select(group =>
        {
            var (own, spread) = Summarize(sums, squares, group, others.Count);
            if (!(spread > 1e-6))
                throw new InvalidDataException($"The texts of '{textName}' of length {lengths[group[0]]} to {lengths[group[^1]]} are alike to every row of '{bankName}', so no temperature tells them apart. Give a bank of more rows.");
            return new LengthTemperature(lengths[group[^1]], own, spread / deviation);
        });
        return new LengthTemperatures([.. groups], mean);
    }

    private static (EvaluationRows Rows, double[] Lengths) Load(IHost host, IDataView data, string textName, string lengthName, UnusableRows policy)
    {
        var column = NumberColumn.Find(host, data.Schema, "length", lengthName, isVector: false);
        var rows = EvaluationRows.Load(host, data, textName, normalize: true, policy);
        if (rows.Count < 2)
            throw new InvalidDataException($"'{textName}' has {rows.Count} usable row; at least 2 texts are needed.");
        var lengths = new List<double>();
        using var cursor = data.GetRowCursor([column]);
        var reader = NumberColumn.CreateReader(cursor, column);
        while (cursor.MoveNext())
        {
            var length = reader.Read()[0];
            lengths.Add(double.IsFinite(length) && length >= 0
                ? length
                : throw new InvalidDataException($"Column '{lengthName}', row {RowNumbers.Get(cursor)}, holds {length}; a length is finite and not negative."));
        }

        return (rows, Array.ConvertAll(rows.Rows, row => lengths[row]));
    }

    /// <summary>Groups of about as many texts, each sorted by length; equal lengths stay together, so there may be fewer.</summary>
    private static List<int[]> Divide(double[] lengths, int groupCount)
    {
        var order = Enumerable.Range(0, lengths.Length).OrderBy(i => lengths[i]).ToArray();
        var groups = new List<int[]>();
        var start = 0;
        for (var group = 1; group <= groupCount && start < order.Length; group++)
        {
            var end = Math.Max(start + 1, (int)Math.Round((double)group * order.Length / groupCount));
            while (end < order.Length && lengths[order[end]] == lengths[order[end - 1]])
                end++;
            groups.Add(order[start..end]);
            start = end;
        }

        return groups;
    }

    private static double? MeanCosine(float[] rows, int dimension, int[] group)
    {
        if (group.Length < 2)
            return null;
        var builder = new ModalityStatisticsBuilder(dimension);
        foreach (var row in group)
            builder.Add(rows.AsSpan(row * dimension, dimension));
        return GapMeasures.MeanCosine(builder.Build());
    }

    private static (double Mean, double Deviation) Summarize(double[] sums, double[] squares, int[] rows, int bankCount)
    {
        var count = (double)rows.Length * bankCount;
        var mean = rows.Sum(row => sums[row]) / count;
        return (mean, Math.Sqrt(Math.Max(0, rows.Sum(row => squares[row]) / count - mean * mean)));
    }

    private sealed class Visitor(double[] sums, double[] squares) : IScoreVisitor
    {
        public void Visit(in ScoreTile tile)
        {
            for (var i = 0; i < tile.Rows; i++)
            {
                var cosines = tile.GetRow(i);
                var (sum, square) = (0.0, 0.0);
                foreach (var cosine in cosines)
                {
                    sum += cosine;
                    square += (double)cosine * cosine;
                }

                sums[tile.FirstRow + i] += sum;
                squares[tile.FirstRow + i] += square;
            }
        }

        public void EndRows(int firstRow, int rows)
        {
        }
    }
}
