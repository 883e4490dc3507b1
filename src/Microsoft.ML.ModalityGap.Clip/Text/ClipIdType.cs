namespace Microsoft.ML.ModalityGap;

/// <summary>The integer type of a column of token ids.</summary>
public enum ClipIdType
{
    /// <summary>64 bits, as the public ONNX exports of CLIP's text encoder take them.</summary>
    Int64,

    /// <summary>32 bits, as some exports from other frameworks take them.</summary>
    Int32,
}
