namespace Microsoft.ML.ModalityGap;

/// <summary>A merge by ids: two tokens and what they become.</summary>
internal readonly record struct ClipMerge(int Left, int Right, int Merged);
