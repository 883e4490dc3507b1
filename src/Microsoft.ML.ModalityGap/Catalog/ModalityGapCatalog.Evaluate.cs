namespace Microsoft.ML.ModalityGap;

public sealed partial class ModalityGapCatalog
{
    /// <summary>
    /// Measures the gap between two modalities whose rows are pairs, and retrieval between them. The embeddings are read into memory; the matrix of all
    /// cosines is worked through in tiles.
    /// </summary>
    /// <param name="data">The data: row i of both columns is a pair.</param>
    /// <param name="firstColumnName">The embeddings of one modality; normalised before anything else.</param>
    /// <param name="secondColumnName">Those of the other, of the same dimension.</param>
    /// <param name="options">Options; <see langword="null"/> for the defaults.</param>
    /// <exception cref="ArgumentException">Both names are the same.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or has another type.</exception>
    /// <exception cref="InvalidDataException">
    /// The dimensions differ, a row cannot be used and <see cref="UnusableRows.Throw"/> is set, or there are fewer than 2 usable pairs.
    /// </exception>
    public ModalityGapMetrics Evaluate(IDataView data, string firstColumnName, string secondColumnName, ModalityGapEvaluationOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(data);
        CheckNames(firstColumnName, secondColumnName);
        return ModalityGapEvaluator.Evaluate(_host, data, firstColumnName, secondColumnName, options ?? ModalityGapEvaluationOptions.Default);
    }

    /// <summary>
    /// Whether maps were fitted on these very rows, by their number and their means. What is measured behind such maps flatters them: the gap is smaller than on new rows, and
    /// <see cref="ModalityGapMetrics.LinearSeparability"/> falls below ½.
    /// </summary>
    /// <param name="maps">Fitted maps. One made by hand, without <see cref="ModalityMap.Statistics"/>, was fitted on nothing that is known.</param>
    /// <param name="data">The data before the maps, with their input columns. One pass over it; rows that cannot be used are left out.</param>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or has another type.</exception>
    /// <exception cref="InvalidDataException">A modality has no usable row.</exception>
    public bool WasFittedOn(EmbeddingMapTransformer maps, IDataView data)
    {
        ArgumentNullException.ThrowIfNull(maps);
        ArgumentNullException.ThrowIfNull(data);
        return FittedRows.AreThoseOf(_host, maps, data);
    }
}
