using Microsoft.ML;
using Microsoft.ML.ModalityGap.Tests;

namespace Stores.Tests;

/// <summary>The sample's data, smaller, once for all tests.</summary>
[TestClass]
public static class SampleGallery
{
    public const int Rows = 6_000;
    public const int QueryCount = 1_000;
    private const int Dimension = 64;

    private static readonly Lazy<Content> _content = new(Create);

    internal static PreparedGallery Prepared => _content.Value.Prepared;

    /// <summary>What all of it was made of.</summary>
    internal static StoreFiles Drawn => _content.Value.Drawn;

    /// <summary>The prepared vectors' Parquet files.</summary>
    internal static (string Gallery, string Queries) Files => _content.Value.Files;

    /// <summary>The vectors as they were drawn, before any map.</summary>
    internal static float[][] Raw => _content.Value.Raw;

    internal static float[][] RawQueries => _content.Value.RawQueries;

    internal static float[][] Folded => _content.Value.Folded;

    internal static float[][] Mapped => _content.Value.Mapped;

    internal static float[][] FoldedQueries => _content.Value.FoldedQueries;

    internal static float[][] MappedQueries => _content.Value.MappedQueries;

    [AssemblyCleanup]
    public static void Delete()
    {
        if (_content.IsValueCreated)
            _content.Value.Folder.Dispose();
    }

    private static Content Create()
    {
        var folder = new TemporaryFolder();
        var ml = new MLContext(seed: 1);
        var drawn = StoreFiles.Draw(ml, folder.Path, Rows, QueryCount, Dimension);
        var prepared = PreparedGallery.Create(ml, drawn);
        return new Content(
            folder, drawn, prepared, prepared.Save(ml, folder.Path), RankComparison.ReadVectors(prepared.Gallery, "Embedding"), RankComparison.ReadVectors(prepared.Queries, "Embedding"), RankComparison.ReadVectors(prepared.Gallery, "Folded"), RankComparison.ReadVectors(prepared.Gallery, "Mapped"),
            RankComparison.ReadVectors(prepared.Queries, "Folded"), RankComparison.ReadVectors(prepared.Queries, "Mapped"));
    }

    private sealed record Content(
        TemporaryFolder Folder, StoreFiles Drawn, PreparedGallery Prepared, (string Gallery, string Queries) Files, float[][] Raw, float[][] RawQueries, float[][] Folded, float[][] Mapped, float[][] FoldedQueries, float[][] MappedQueries);
}
