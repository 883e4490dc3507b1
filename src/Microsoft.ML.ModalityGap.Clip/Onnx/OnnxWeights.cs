namespace Microsoft.ML.ModalityGap;

/// <summary>How an encoder's weights are kept in memory and in the saved pipeline. Computed with they are as float32 in any case.</summary>
public enum OnnxWeights
{
    /// <summary>As the model file has them.</summary>
    AsStored,

    /// <summary>Matrices of float32 as float16: half the bytes, each weight to 11 significant bits. Matrices with a number beyond ±65,504 stay.</summary>
    Float16,

    /// <summary>
    /// Matrices of float32 as int8 with a scale per row or per column, whichever fits better: a quarter of the bytes, each weight to 1/254 of the greatest of its row or column.
    /// </summary>
    Int8,
}
