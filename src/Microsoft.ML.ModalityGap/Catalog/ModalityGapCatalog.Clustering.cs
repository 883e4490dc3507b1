namespace Microsoft.ML.ModalityGap;

public sealed partial class ModalityGapCatalog
{
    /// <summary>
    /// Clusters the embeddings of all modalities together with ML.NET's k-means and compares the clusters with labels and with the modalities: across an open gap clusters are
    /// of one modality each, whatever the content.
    /// </summary>
    /// <param name="data">The data.</param>
    /// <param name="columns">Where the embeddings are: a modality per column, or per row. All of the same dimension; normalised before anything else.</param>
    /// <param name="labelColumnName">The class of each row: texts, keys or numbers; of wide data it is that of all the row's modalities. <see langword="null"/> for none.</param>
    /// <param name="options">Options; <see langword="null"/> for the defaults. Without labels the number of clusters must be set.</param>
    /// <exception cref="ArgumentException">There are no labels and no number of clusters.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or has another type.</exception>
    /// <exception cref="InvalidDataException">
    /// The dimensions differ, there are fewer vectors than clusters, no row has a label, or a row cannot be used and <see cref="UnusableRows.Throw"/> is set.
    /// </exception>
    public ClusteringMetrics EvaluateClustering(IDataView data, ModalityColumns columns, string? labelColumnName = null, ClusteringEvaluationOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(columns);
        return ClusteringEvaluator.Evaluate(_host, data, columns, labelColumnName, options ?? ClusteringEvaluationOptions.Default);
    }
}
