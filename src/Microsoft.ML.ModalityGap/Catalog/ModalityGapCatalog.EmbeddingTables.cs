namespace Microsoft.ML.ModalityGap;

public sealed partial class ModalityGapCatalog
{
    /// <summary>
    /// Measures a token embedding table in a file: token embedding variability (TEV), effective rank, anisotropy. A cheap check of a text tower's health that needs no data.
    /// </summary>
    /// <param name="path">A .npy file of shape (tokens, d), or an ONNX model, whose weights may be in files beside it; float32, float16, bfloat16 (ONNX) or float64.</param>
    /// <param name="initializerName">
    /// The model's initializer. <see langword="null"/>: the largest matrix of floats that the graph looks rows up in (Gather), or, when there is none, the largest matrix. The result
    /// says which it was.
    /// </param>
    /// <exception cref="FileNotFoundException">There is no such file, or the model's weights are not beside it.</exception>
    /// <exception cref="ArgumentException">An initializer is named of a .npy file.</exception>
    /// <exception cref="InvalidDataException">The file cannot be read, has no such initializer, or a value is NaN or infinite.</exception>
    public EmbeddingTableMetrics EvaluateEmbeddingTable(string path, string? initializerName = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return EmbeddingTableEvaluator.EvaluateFile(_host, path, initializerName);
    }

    /// <summary>Measures a table that is a column: a row is a token.</summary>
    /// <param name="data">The data.</param>
    /// <param name="columnName">The vectors, which are taken as they are.</param>
    /// <exception cref="ArgumentOutOfRangeException">The column is missing or has another type.</exception>
    /// <exception cref="InvalidDataException">There is no row, or a value is NaN or infinite.</exception>
    public EmbeddingTableMetrics EvaluateEmbeddingTable(IDataView data, string columnName)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentException.ThrowIfNullOrEmpty(columnName);
        var rows = EvaluationRows.Load(_host, data, columnName, normalize: false, UnusableRows.Throw);
        return EmbeddingTableEvaluator.Evaluate(rows.Values, rows.Dimension, $"column '{columnName}'");
    }
}
