using Microsoft.ML;
using Microsoft.ML.ModalityGap;

namespace Stores;

/// <summary>A gallery and queries as stores get them, and the index that shows what their ranks should be.</summary>
internal sealed class PreparedGallery
{
    private readonly EmbeddingIndex _index;

    private PreparedGallery(EmbeddingMapTransformer model, EmbeddingIndex index, IDataView gallery, IDataView queries)
    {
        (Model, _index, Gallery, Queries) = (model, index, gallery, queries);
        Fingerprint = gallery.Schema["Folded"].FindMapFingerprint()!;
    }

    /// <summary>Maps and correction, fitted on the pairs.</summary>
    public EmbeddingMapTransformer Model { get; }

    /// <summary>
    /// Columns Position, Modality, Mapped (behind the maps: for stores that rank by the cosine, without the correction) and Folded (with the correction folded in: for stores that rank by the inner product).
    /// </summary>
    public IDataView Gallery { get; }

    /// <summary>Columns Position, Mapped and Folded.</summary>
    public IDataView Queries { get; }

    /// <summary>By which folded vectors are known: of other maps they are not to be compared with.</summary>
    public string Fingerprint { get; }

    /// <summary>Fits on the pairs, prepares the rest, and reads it into our own index.</summary>
    /// <param name="ml">The context.</param>
    /// <param name="files">What was drawn.</param>
    /// <param name="correction">How similarities are corrected; <see langword="null"/> for the defaults.</param>
    public static PreparedGallery Create(MLContext ml, StoreFiles files, SimilarityCorrectionOptions? correction = null)
    {
        var catalog = ml.ModalityGap();
        var model = ml.Transforms.CorrectSimilarities("Image", "Text", correction).Fit(ml.Data.Cache(catalog.LoadFromParquet(files.Pairs)));
        var (gallery, queries) = (catalog.LoadFromParquet(files.Gallery), catalog.LoadFromParquet(files.Queries));

        // Texts will ask. Rows are of the modality that their column says.
        IDataView Prepare(IDataView rows, EmbeddingMapTransformer folding, params string[] names)
        {
            var mapped = model.ForColumns(ModalityColumns.PerRow("Embedding", "Modality", "Mapped"), names).Transform(rows);
            return folding.ForColumns(ModalityColumns.PerRow("Embedding", "Modality", "Folded"), names).Transform(mapped);
        }

        var index = catalog.CreateIndex(model.ForColumns(ModalityColumns.PerRow("Embedding", "Modality"), "Image", "Text"), gallery, idColumnName: "Position");
        return new PreparedGallery(model, index, Prepare(gallery, model.PrepareGallery("Text"), "Image", "Text"), Prepare(queries, model.PrepareQueries("Text"), "Text"));
    }

    /// <summary>Writes gallery and queries, corrected and folded, into Parquet files again.</summary>
    public (string Gallery, string Queries) Save(MLContext ml, string folder)
    {
        var (gallery, queries) = (Path.Combine(folder, "gallery-prepared.parquet"), Path.Combine(folder, "queries-prepared.parquet"));
        ml.ModalityGap().SaveAsParquet(Gallery, gallery, ["Position", "Modality", "Mapped", "Folded"]);
        ml.ModalityGap().SaveAsParquet(Queries, queries, ["Position", "Mapped", "Folded"]);
        return (gallery, queries);
    }

    /// <summary>Per query the positions that a corrected search finds, best first.</summary>
    public int[][] Search(int k, string? modality = null) => Search(k, new SearchOptions { QueryModality = "Text", Modalities = modality is null ? null : [modality] });

    /// <summary>Per query the positions that a search by the cosines of mapped vectors finds, best first.</summary>
    public int[][] SearchByCosine(int k) => Search(k, new SearchOptions { UseCorrection = false });

    private int[][] Search(int k, SearchOptions options) =>
        [.. _index.SearchBatch(Queries, "Mapped", k, options).Select(found => found.Select(neighbor => (int)neighbor.Id.Number).ToArray())];
}
