namespace Microsoft.ML.ModalityGap;

public sealed partial class EmbeddingMapTransformer
{
    /// <summary>
    /// The model for the rows of a gallery in an inner-product store (FAISS' IndexFlatIP, pgvector's <c>&lt;#&gt;</c>, Qdrant's Dot, USearch's ip): maps them and folds the <see cref="Correction"/> in, so that the store
    /// ranks queries of <see cref="PrepareQueries"/> as a corrected search does.
    /// </summary>
    /// <param name="askingModalities">The modalities that will ask, at least one; the vectors get a coordinate for each. With one, scores are the search's; with several, the scale may be shared by approximation:
    /// <see cref="SimilarityCorrection.GetSharedScaleDeviation"/> says by how much.</param>
    /// <returns>A transformer on the same columns, whose maps end with a <see cref="FoldGalleryStep"/>; saved, exported and baked like any. It has no correction beside.</returns>
    /// <exception cref="ArgumentException">The correction knows no such modality, or none is named.</exception>
    /// <exception cref="InvalidOperationException">The model has no correction.</exception>
    /// <example>
    /// <code>
    /// var vectors = model.PrepareGallery("Text").Transform(images);     // into the store
    /// var asked = model.PrepareQueries("Text").Transform(captions);     // ask it with these, by the largest inner product
    /// </code>
    /// </example>
    public EmbeddingMapTransformer PrepareGallery(params IReadOnlyList<string> askingModalities)
    {
        ArgumentNullException.ThrowIfNull(askingModalities);
        return new EmbeddingMapTransformer(Host, Columns, FoldGallery(askingModalities), GetStoreFingerprint(askingModalities));
    }

    /// <summary>The model for queries of an inner-product store whose rows came through <see cref="PrepareGallery"/>.</summary>
    /// <param name="askingModalities">The same as for the gallery, in the same order.</param>
    /// <returns>A transformer on the columns of the modalities that ask.</returns>
    /// <exception cref="ArgumentException">The correction knows no such modality, or none is named.</exception>
    /// <exception cref="InvalidOperationException">The model has no correction.</exception>
    public EmbeddingMapTransformer PrepareQueries(params IReadOnlyList<string> askingModalities)
    {
        ArgumentNullException.ThrowIfNull(askingModalities);
        var fingerprint = GetStoreFingerprint(askingModalities);
        var asking = _modalities.Where(entry => askingModalities.Contains(entry.Modality)).ToArray();
        var columns = Columns.ModalityColumnName is null ? ModalityColumns.PerColumn(Columns.Pairs.Where(pair => askingModalities.Contains(pair.Input)).Select(pair => new InputOutputColumnPair(pair.Output, pair.Input))) : Columns;
        return new EmbeddingMapTransformer(Host, columns, [.. asking.Select(entry => Append(entry, Correction!.CreateQueryStep(entry.Modality, askingModalities)))], fingerprint);
    }

    /// <summary>Of gallery and queries together, and of these modalities in this order.</summary>
    private string GetStoreFingerprint(IReadOnlyList<string> askingModalities)
    {
        if (Correction is null)
            throw new InvalidOperationException("The model has maps alone; what a store ranks by is folded in from a correction. Fit one with CorrectSimilarities.");
        if (askingModalities.FirstOrDefault(name => Array.TrueForAll(_modalities, entry => entry.Modality != name)) is { } unknown)
            throw new ArgumentException($"There is no modality '{unknown}' to ask. There is {NameModalities()}.", nameof(askingModalities));
        return MapFingerprint.Then(Fingerprint, MapFingerprint.Join(FoldGallery(askingModalities).Select(entry => entry.Map)));
    }

    private ModalityMap[] FoldGallery(IReadOnlyList<string> askingModalities) => Correction is null
        ? throw new InvalidOperationException("The model has maps alone; what a store ranks by is folded in from a correction. Fit one with CorrectSimilarities.")
        : [.. _modalities.Select(entry => Append(entry, Correction.CreateGalleryStep(entry.Modality, askingModalities)))];

    private static ModalityMap Append(ModalityMap entry, EmbeddingMapStep step) =>
        new(entry.Modality, entry.Map.Then(new EmbeddingMap(entry.Map.OutputDimension, new L2NormalizeStep(), step)), entry.Statistics) { ExpectedInput = entry.ExpectedInput };
}
