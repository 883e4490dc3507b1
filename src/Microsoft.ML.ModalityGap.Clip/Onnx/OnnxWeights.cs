namespace Microsoft.ML.ModalityGap;

/// <summary>How an encoder's weights are kept in the saved pipeline, and whether they are computed with so.</summary>
public enum OnnxWeights
{
    /// <summary>As the model file has them.</summary>
    AsStored,

    /// <summary>Matrices of float32 as float16, which are float32 again when the model is opened: half the bytes, each weight to 11 significant bits. Matrices with a number beyond ±65,504 stay.</summary>
    Float16,

    /// <summary>
    /// Matrices of float32 as int8 with a scale per row or per column, whichever fits better, which are float32 again when the model is opened: a quarter of the bytes, each weight to 1/254 of the greatest of its row or column.
    /// </summary>
    Int8,

    /// <summary>
    /// As <see cref="Int8"/>, and products of the network's values with these matrices are of int8, too: each row of values is rounded to 1/254 of its greatest, so that a row's embedding does not
    /// depend on the rows beside it. Saves time on processors that multiply int8 (AVX-512 VNNI, AVX-VNNI, Arm's dot product), and loses more than <see cref="Int8"/>. For the CPU; needs opset 13.
    /// </summary>
    Int8Products,
}
