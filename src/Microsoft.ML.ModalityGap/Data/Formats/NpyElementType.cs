namespace Microsoft.ML.ModalityGap;

/// <summary>The number formats of .npy files that are read and written, all little-endian.</summary>
public enum NpyElementType
{
    /// <summary><c>'&lt;f4'</c>, numpy's float32.</summary>
    Float32,

    /// <summary><c>'&lt;f2'</c>, numpy's float16.</summary>
    Float16,

    /// <summary><c>'&lt;f8'</c>, numpy's float64.</summary>
    Float64,
}
