namespace Microsoft.ML.ModalityGap;

/// <summary>Where a centre crop begins when the pixels left over, or missing, are an odd number.</summary>
public enum ClipCropRounding
{
    /// <summary>
    /// Half of what is left over, rounded half to even, and half of what is missing, rounded down, as torchvision does: 411 pixels left over begin at 206.
    /// </summary>
    HalfToEven,

    /// <summary>
    /// Half of what is left over, rounded down, and half of what is missing, rounded up, as Hugging Face's processors do on arrays: 411 pixels left over begin at 205.
    /// </summary>
    Down,
}
