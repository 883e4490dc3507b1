using Microsoft.ML;
using Microsoft.ML.Data;

namespace Stores;

/// <summary>What the sample begins with: three Parquet files, as encoders might have left them.</summary>
/// <param name="Pairs">Images and texts that belong together, to fit on: columns Image and Text.</param>
/// <param name="Gallery">Images and texts to be found: columns Position, Modality and Embedding.</param>
/// <param name="Queries">Texts that ask: columns Position and Embedding.</param>
internal sealed record StoreFiles(string Pairs, string Gallery, string Queries)
{
    /// <summary>One gallery row in so many repeats the one before: equal scores are what stores disagree on.</summary>
    public const int RepeatedEvery = 100;

    private const int PairCount = 2_000;

    /// <summary>Draws the files.</summary>
    /// <param name="ml">The context.</param>
    /// <param name="folder">Where to.</param>
    /// <param name="rows">Rows of the gallery, images and texts in turn.</param>
    /// <param name="queries">Rows that ask, each about an item of the gallery.</param>
    /// <param name="dimension">Values of a row.</param>
    public static StoreFiles Draw(MLContext ml, string folder, int rows, int queries, int dimension)
    {
        var files = new StoreFiles(Path.Combine(folder, "pairs.parquet"), Path.Combine(folder, "gallery.parquet"), Path.Combine(folder, "queries.parquet"));
        var drawn = new ClusteredEmbeddings(dimension, rows + PairCount);
        var (vector, text) = (SchemaDefinition.Create(typeof(EmbeddingRow)), SchemaDefinition.Create(typeof(PairRow)));
        foreach (var column in vector.Concat(text).Where(column => column.ColumnType is VectorDataViewType))
            column.ColumnType = new VectorDataViewType(NumberDataViewType.Single, dimension);

        // Items to fit on are behind those of the gallery.
        Save(Enumerable.Range(rows, PairCount).Select(item => new PairRow { Image = drawn.DrawImage(item), Text = drawn.DrawText(item, 0) }), text, files.Pairs);
        Save(Enumerable.Range(0, rows).Select(position => DrawGalleryRow(drawn, position)), vector, files.Gallery);
        Save(Enumerable.Range(0, queries).Select(query => new EmbeddingRow { Position = query, Modality = "Text", Embedding = drawn.DrawText(query * (long)rows / queries, 1) }), vector, files.Queries);
        return files;

        void Save<T>(IEnumerable<T> items, SchemaDefinition schema, string path) where T : class =>
            ml.ModalityGap().SaveAsParquet(ml.Data.LoadFromEnumerable(items, schema), path);
    }

    private static EmbeddingRow DrawGalleryRow(ClusteredEmbeddings drawn, int position)
    {
        // Two back is the row before of the same modality.
        var item = position % RepeatedEvery == RepeatedEvery - 1 ? position - 2 : position;
        return position % 2 == 0
            ? new EmbeddingRow { Position = position, Modality = "Image", Embedding = drawn.DrawImage(item) }
            : new EmbeddingRow { Position = position, Modality = "Text", Embedding = drawn.DrawText(item, 0) };
    }

    private sealed class PairRow
    {
        [VectorType(1)]
        public float[] Image { get; set; } = [];

        [VectorType(1)]
        public float[] Text { get; set; } = [];
    }

    private sealed class EmbeddingRow
    {
        public long Position { get; set; }

        public string Modality { get; set; } = "";

        [VectorType(1)]
        public float[] Embedding { get; set; } = [];
    }
}
