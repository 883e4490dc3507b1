namespace Microsoft.ML.ModalityGap;

/// <summary>The documents of one modality in a mixed gallery.</summary>
/// <param name="Modality">The modality's name, such as <c>image</c>, <c>text</c> or <c>fused</c>.</param>
/// <param name="Data">The documents.</param>
/// <param name="ColumnName">Their embeddings.</param>
/// <param name="IdColumnName">Their ids: texts, keys or numbers. <see langword="null"/>: each document's id is the number of its row, from 0.</param>
public sealed record MixedGalleryPart(string Modality, IDataView Data, string ColumnName, string? IdColumnName = null);
