namespace Microsoft.ML.ModalityGap;

public sealed partial class ModalityGapCatalog
{
    /// <summary>
    /// Reports on the gap between two modalities whose rows are pairs, before and after a map: as a page of HTML (<see cref="ModalityGapReport.Save"/>), as figures and as measures.
    /// </summary>
    /// <param name="data">The embeddings before the map: row i of both columns is a pair.</param>
    /// <param name="firstColumnName">The embeddings of one modality.</param>
    /// <param name="secondColumnName">Those of the other, of the same dimension.</param>
    /// <param name="map">
    /// What closes the gap: a fitted <see cref="EmbeddingMapTransformer"/> or a chain that ends in some. To see what a map does to rows it was not fitted on, give data it was not fitted on.
    /// Where the last of them has a <see cref="EmbeddingMapTransformer.Correction"/>, retrieval by corrected scores is shown beside. <see langword="null"/> to report on the data as they are.
    /// </param>
    /// <param name="options">Options; <see langword="null"/> for the defaults.</param>
    /// <exception cref="ArgumentException">Both names are the same.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or has another type.</exception>
    /// <exception cref="InvalidDataException">
    /// The dimensions differ, a row cannot be used and <see cref="UnusableRows.Throw"/> is set, or there are fewer than 2 usable pairs.
    /// </exception>
    /// <example>
    /// <code>
    /// mlContext.ModalityGap().CreateReport(heldOut, "Image", "Text", model).Save("report.html");
    /// </code>
    /// </example>
    public ModalityGapReport CreateReport(
        IDataView data, string firstColumnName, string secondColumnName, ITransformer? map = null, ModalityGapReportOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(data);
        CheckNames(firstColumnName, secondColumnName);
        if (map is null)
            return ReportBuilder.Build(_host, new ReportInput(data, firstColumnName, secondColumnName, firstColumnName, secondColumnName), after: null, mapDescription: null, options ?? ModalityGapReportOptions.Default);

        var (correction, first, second) = ReportedMaps.FindCorrection(map, firstColumnName, secondColumnName);
        var before = new ReportInput(data, firstColumnName, secondColumnName, first, second);
        var after = before with
        {
            Data = map.Transform(data),
            First = ReportedMaps.FindOutput(map, firstColumnName),
            Second = ReportedMaps.FindOutput(map, secondColumnName),
        };
        return ReportBuilder.Build(_host, before, after, ReportedMaps.Describe(map), options ?? ModalityGapReportOptions.Default, correction);
    }

    /// <summary>The same of embeddings that were mapped already.</summary>
    /// <param name="before">The embeddings before: row i of both columns is a pair.</param>
    /// <param name="after">The same rows after; the columns have the same names.</param>
    /// <param name="firstColumnName">The embeddings of one modality.</param>
    /// <param name="secondColumnName">Those of the other.</param>
    /// <param name="options">Options; <see langword="null"/> for the defaults.</param>
    /// <exception cref="ArgumentException">Both names are the same.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or has another type.</exception>
    /// <exception cref="InvalidDataException">
    /// The dimensions or the numbers of rows differ, a row cannot be used and <see cref="UnusableRows.Throw"/> is set, or there are fewer than 2 usable pairs.
    /// </exception>
    public ModalityGapReport CreateReport(
        IDataView before, IDataView after, string firstColumnName, string secondColumnName, ModalityGapReportOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(after);
        CheckNames(firstColumnName, secondColumnName);
        var input = new ReportInput(before, firstColumnName, secondColumnName, firstColumnName, secondColumnName);
        return ReportBuilder.Build(_host, input, input with { Data = after }, mapDescription: null, options ?? ModalityGapReportOptions.Default);
    }

    private static void CheckNames(string firstColumnName, string secondColumnName)
    {
        ArgumentException.ThrowIfNullOrEmpty(firstColumnName);
        ArgumentException.ThrowIfNullOrEmpty(secondColumnName);
        if (firstColumnName == secondColumnName)
            throw new ArgumentException($"The gap of '{firstColumnName}' to itself is zero; name two columns.", nameof(secondColumnName));
    }
}
