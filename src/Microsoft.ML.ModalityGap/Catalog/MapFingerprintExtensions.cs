using Microsoft.ML.ModalityGap;

namespace Microsoft.ML;

/// <summary>Tells which maps the vectors of a column came through.</summary>
public static class MapFingerprintExtensions
{
    /// <summary>
    /// The <see cref="EmbeddingMapTransformer.Fingerprint"/> of the maps a column's vectors came through. It goes with the column through pipelines that keep
    /// its annotations, and with .npy files, in the sidecar that <see cref="ModalityGapCatalog.SaveAsNpy(IDataView, string, string, NpyElementType)"/> writes.
    /// </summary>
    /// <param name="column">An embedding column.</param>
    /// <returns>The fingerprint, or <see langword="null"/> where it is not known: raw embeddings, or vectors read from elsewhere.</returns>
    public static string? FindMapFingerprint(this DataViewSchema.Column column) => MapFingerprint.Find(column);
}
