using Microsoft.ML.Runtime;

namespace Microsoft.ML.ModalityGap;

/// <summary>Measures embedding tables.</summary>
internal static class EmbeddingTableEvaluator
{
    internal static EmbeddingTableMetrics EvaluateFile(IHost host, string path, string? initializerName)
    {
        if (!Path.GetExtension(path).Equals(".onnx", StringComparison.OrdinalIgnoreCase))
        {
            if (initializerName is not null)
                throw new ArgumentException($"'{path}' holds one table; an initializer can only be named of an ONNX model.", nameof(initializerName));
            const string Column = EmbeddingDataView.DefaultColumnName;
            var rows = EvaluationRows.Load(host, new EmbeddingDataView(host, EmbeddingSource.Open(host, path, [Column])), Column, normalize: false, UnusableRows.Throw);
            return Evaluate(rows.Values, rows.Dimension, path);
        }

        if (!File.Exists(path))
            throw new FileNotFoundException($"There is no file '{path}'.", path);
        var model = OnnxModelFile.ReadAllBytes(path);
        var table = OnnxInitializer.FindEmbeddingTable(model, path, initializerName);
        return Evaluate(table.ReadValues(model, path), (int)table.Shape[1], $"{path}, {table.Name}");
    }

    /// <param name="values">Rows of <paramref name="dimension"/> values.</param>
    /// <param name="dimension">d.</param>
    /// <param name="source">For the result and for messages.</param>
    internal static EmbeddingTableMetrics Evaluate(float[] values, int dimension, string source)
    {
        var rowCount = values.Length / dimension;
        var deviations = new List<double>(rowCount);
        var used = 0;
        for (var row = 0; row < rowCount; row++)
        {
            var value = values.AsSpan(row * dimension, dimension);
            var defect = RowDefects.Find(value, zeroNormIsDefect: true);
            if (defect == RowDefect.ZeroNorm)
                continue;
            if (defect != RowDefect.None)
                throw new InvalidDataException($"Row {row} of {source} holds {RowDefects.Describe(defect, value, dimension)}.");
            deviations.Add(GetDeviation(value));
            value.CopyTo(values.AsSpan(used++ * dimension)); // the zero rows close up
        }

        if (used == 0)
            throw new InvalidDataException($"{source} has {rowCount} rows, none of which is other than zero.");
        var rows = values.AsSpan(0, used * dimension);
        var mean = deviations.Average();
        var unit = ModalityStatistics.FromRows(rows, dimension);
        return new EmbeddingTableMetrics
        {
            Source = source,
            RowCount = rowCount,
            ZeroRowCount = rowCount - used,
            Dimension = dimension,
            TokenVariability = mean,
            TokenVariabilitySpread = Math.Sqrt(deviations.Average(deviation => (deviation - mean) * (deviation - mean))),
            EffectiveRank = Spectrum.EffectiveRank(Spectrum.Eigenvalues(rows, dimension)),
            Anisotropy = used > 1 ? GapMeasures.MeanCosine(unit) : 0,
        };
    }

    private static double GetDeviation(ReadOnlySpan<float> row)
    {
        double sum = 0, squares = 0;
        foreach (var value in row)
            sum += value;
        var mean = sum / row.Length;
        foreach (var value in row)
            squares += (value - mean) * (value - mean);
        return Math.Sqrt(squares / row.Length);
    }
}
