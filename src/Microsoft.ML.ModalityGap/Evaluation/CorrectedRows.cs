namespace Microsoft.ML.ModalityGap;

/// <summary>
/// Queries and documents as longer vectors whose inner products are corrected scores (see <see cref="SimilarityCorrection.FoldGallery"/>), so that all that ranks by inner products ranks by a correction, too.
/// </summary>
/// <param name="Queries">The queries, in rows of <paramref name="Dimension"/> values.</param>
/// <param name="Documents">The documents, in rows of the same kind.</param>
/// <param name="Dimension">d, or with a correction d + 1 for each modality that asks: a query of one of them has zeros in the place of the others, so that the scores of each are exact.</param>
internal sealed record CorrectedRows(float[] Queries, float[] Documents, int Dimension)
{
    /// <summary>Rows of several modalities.</summary>
    /// <param name="correction">What is made of similarities; <see langword="null"/> leaves the rows as they are.</param>
    /// <param name="names">The modalities.</param>
    /// <param name="queries">Mapped queries, in rows of the correction's dimension.</param>
    /// <param name="queryModalities">The modality of each, as an index into <paramref name="names"/>.</param>
    /// <param name="documents">Mapped documents.</param>
    /// <param name="documentModalities">The modality of each.</param>
    /// <param name="dimension">d.</param>
    /// <exception cref="ArgumentException">The correction does not know a modality.</exception>
    /// <exception cref="InvalidDataException">The rows have another dimension than the correction's.</exception>
    internal static CorrectedRows Create(
        SimilarityCorrection? correction, IReadOnlyList<string> names, float[] queries, IReadOnlyList<int> queryModalities, float[] documents, IReadOnlyList<int> documentModalities, int dimension)
    {
        if (correction is null)
            return new CorrectedRows(queries, documents, dimension);
        if (dimension != correction.Dimension)
            throw new InvalidDataException($"The rows have {dimension} dimensions, but the correction is of mapped rows of {correction.Dimension}.");
        if (names.FirstOrDefault(name => !correction.Knows(name)) is { } unknown)
        {
            throw new ArgumentException(
                $"The correction knows no modality '{unknown}'; it was fitted on '{string.Join("', '", correction.Modalities)}'. Columns, and parts of a mixed gallery, must be called as its modalities are; copy a column that is not.",
                nameof(names));
        }

        var asking = queryModalities.Distinct().Order().ToArray();
        var width = correction.Dimension + 1;
        dimension = asking.Length * width;
        var folded = new CorrectedRows(new float[queryModalities.Count * dimension], new float[documentModalities.Count * dimension], dimension);
        for (var place = 0; place < asking.Length; place++)
        {
            var name = names[asking[place]];
            Copy(correction.FoldQueries(name, Gather(queries, correction.Dimension, queryModalities, asking[place])), queryModalities, asking[place], folded.Queries);
            for (var modality = 0; modality < names.Count; modality++)
                Copy(correction.FoldGallery(names[modality], Gather(documents, correction.Dimension, documentModalities, modality), name), documentModalities, modality, folded.Documents);

            void Copy(float[] rows, IReadOnlyList<int> modalities, int modality, float[] target)
            {
                for (int row = 0, count = 0; row < modalities.Count; row++)
                {
                    if (modalities[row] == modality)
                        rows.AsSpan(count++ * width, width).CopyTo(target.AsSpan(row * dimension + place * width));
                }
            }
        }

        return folded;
    }

    /// <summary>Queries of one modality, documents of one.</summary>
    internal static CorrectedRows Create(SimilarityCorrection? correction, string queryModality, float[] queries, string documentModality, float[] documents, int dimension) => Create(
        correction, [queryModality, documentModality], queries, new int[queries.Length / dimension], documents, [.. Enumerable.Repeat(1, documents.Length / dimension)], dimension);

    private static float[] Gather(float[] rows, int dimension, IReadOnlyList<int> modalities, int modality)
    {
        var gathered = new float[modalities.Count(value => value == modality) * dimension];
        for (int row = 0, count = 0; row < modalities.Count; row++)
        {
            if (modalities[row] == modality)
                rows.AsSpan(row * dimension, dimension).CopyTo(gathered.AsSpan(count++ * dimension));
        }

        return gathered;
    }
}
