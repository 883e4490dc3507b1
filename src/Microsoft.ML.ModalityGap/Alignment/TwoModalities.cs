namespace Microsoft.ML.ModalityGap;

/// <summary>The words of methods for two modalities, where there are not two.</summary>
internal static class TwoModalities
{
    /// <exception cref="ArgumentException">The columns are not two. In long data that shows when the data is read.</exception>
    internal static void Check(ModalityColumns columns, string method, bool needsPairs = false)
    {
        if (needsPairs && columns.ModalityColumnName is not null)
        {
            throw new ArgumentException(
                $"{method} learns from pairs, and in data with a modality per row nothing tells which rows belong together. Give it two columns: ModalityColumns.PerColumn.", nameof(columns));
        }

        if (columns.ModalityColumnName is null && columns.Pairs.Count != 2)
            throw new ArgumentException($"{method} takes two modalities, but {columns.Pairs.Count} columns are given.", nameof(columns));
    }

    /// <exception cref="InvalidDataException">There are not two modalities, or they differ in their dimension where that must be the same.</exception>
    internal static void Check(MapFitSource source, bool sameDimension)
    {
        if (source.Modalities.Count != 2)
        {
            throw new InvalidDataException(
                $"This method takes two modalities, but the data has {source.Modalities.Count}: '{string.Join("', '", source.Modalities)}'.");
        }

        var dimensions = source.Dimensions;
        if (sameDimension && dimensions[0] != dimensions[1])
        {
            throw new InvalidDataException(
                $"'{source.Modalities[0]}' has {dimensions[0]} dimensions and '{source.Modalities[1]}' {dimensions[1]}; this method takes embeddings of one space.");
        }
    }
}
