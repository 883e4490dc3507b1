namespace Microsoft.ML.ModalityGap;

/// <summary>Rows of one modality behind its map, and what they are of.</summary>
/// <param name="Values">Unit rows, one behind the other.</param>
/// <param name="Items">The item of each, by which rows of all modalities belong together.</param>
/// <param name="Numbers">The number of each among the rows that parts are made of.</param>
internal sealed record CorrectionRows(float[] Values, int[] Items, int[] Numbers);
