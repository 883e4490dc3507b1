namespace Microsoft.ML.ModalityGap;

/// <summary>How an <see cref="EmbeddingIndex"/> holds its rows. What the smaller forms cost in recall is measured in docs/retrieval.md.</summary>
public enum IndexStorage
{
    /// <summary>4 bytes a value, exact.</summary>
    Float32,

    /// <summary>2 bytes a value: 11 significant bits, the range ±65,504. A value beyond it is refused.</summary>
    Float16,

    /// <summary>1 byte a value, and a scale per row: value ≈ scale·q with q from −127 to 127 and scale = max|x|/127.</summary>
    Int8,
}
