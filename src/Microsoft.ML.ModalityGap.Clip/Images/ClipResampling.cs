namespace Microsoft.ML.ModalityGap;

/// <summary>The filter that makes the pixels of a resized image. Both widen with the reduction, so that they do not alias.</summary>
public enum ClipResampling
{
    /// <summary>Cubic convolution with a = −½, over four pixels, times the reduction.</summary>
    Bicubic,

    /// <summary>A triangle over two pixels, times the reduction.</summary>
    Bilinear,
}
