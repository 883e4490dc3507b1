namespace Microsoft.ML.ModalityGap;

/// <summary>Kinds of numbers in files of embeddings.</summary>
internal enum NumberKind
{
    Float32,
    Float16,
    BFloat16,
    Float64,
    UInt8,
    Int8,
    UInt16,
    Int16,
    UInt32,
    Int32,
    UInt64,
    Int64,
}
