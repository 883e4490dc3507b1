using Microsoft.Extensions.VectorData;

namespace Microsoft.ML.ModalityGap;

/// <summary>Options of an <see cref="EmbeddingCollection{TKey, TRecord}"/>: which model its vectors belong to, and where records say what they are. Fixed when the collection is created, and saved with it.</summary>
public sealed class EmbeddingCollectionOptions : VectorStoreCollectionOptions
{
    /// <summary>The defaults: no model, plain similarities.</summary>
    public EmbeddingCollectionOptions()
    {
    }

    /// <summary>A copy.</summary>
    /// <param name="source">What to copy.</param>
    public EmbeddingCollectionOptions(EmbeddingCollectionOptions source)
        : base(source)
    {
        ArgumentNullException.ThrowIfNull(source);
        (Model, MapVectors, ModalityProperty, DefaultModality, QueryModality, FingerprintProperty) =
            (source.Model, source.MapVectors, source.ModalityProperty, source.DefaultModality, source.QueryModality, source.FingerprintProperty);
        (Storage, KeywordWeight, FusionConstant) = (source.Storage, source.KeywordWeight, source.FusionConstant);
    }

    /// <summary>
    /// The maps that vectors came through; where it has a <see cref="EmbeddingMapTransformer.Correction"/>, similarities are corrected by it (<see cref="SimilarityCorrection"/>). <see langword="null"/> for plain similarities of vectors
    /// of any maps, as long as they are all the same.
    /// </summary>
    public EmbeddingMapTransformer? Model { get; set; }

    /// <summary>
    /// Whether the collection puts vectors and queries through the maps of <see cref="Model"/>; then they are given, kept and returned raw. Default <see langword="false"/>: they are given mapped, as the generator of
    /// <c>UseModalityCorrection</c> gives them.
    /// </summary>
    public bool MapVectors { get; set; }

    /// <summary>The data property, a text, that says a record's modality as the model spells it; filled in where the record leaves it out and its embedding or <see cref="DefaultModality"/> says it.</summary>
    public string? ModalityProperty { get; set; }

    /// <summary>The modality of records that do not say theirs.</summary>
    public string? DefaultModality { get; set; }

    /// <summary>The modality of queries that do not say theirs; see <see cref="EmbeddingSearchOptions{TRecord}.QueryModality"/>.</summary>
    public string? QueryModality { get; set; }

    /// <summary>
    /// The data property, an indexed text, that holds the fingerprint of the maps (<see cref="EmbeddingMapTransformer.Fingerprint"/>). Records with vectors must state it there or in an <c>Embedding&lt;float&gt;</c>'s properties; those of
    /// other maps are refused. Where <see cref="MapVectors"/> is set it is filled in.
    /// </summary>
    public string? FingerprintProperty { get; set; }

    /// <summary>How rows are held for the search; vectors as they were given are kept beside it in full.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not defined.</exception>
    public IndexStorage Storage
    {
        get;
        set => field = Enum.IsDefined(value) ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "Unknown storage.");
    }

    /// <summary>The weight of words in a hybrid search, from 0 to 1; vectors have the rest. Default ½. Of the handle, not of the collection.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not from 0 to 1.</exception>
    public double KeywordWeight
    {
        get;
        set => field = value is >= 0 and <= 1 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "A weight is from 0 to 1.");
    } = 0.5;

    /// <summary>The constant of reciprocal rank fusion: the larger, the less the first places differ from those behind them. Default 60, as in its paper. Of the handle, not of the collection.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative or no number.</exception>
    public double FusionConstant
    {
        get;
        set => field = value >= 0 && double.IsFinite(value) ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "The constant is a number from 0.");
    } = 60;
}
