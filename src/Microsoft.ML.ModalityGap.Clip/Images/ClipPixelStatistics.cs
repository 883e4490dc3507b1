namespace Microsoft.ML.ModalityGap;

/// <summary>The means and standard deviations of pixels, on a scale of 0 to 1, that public encoders were trained with.</summary>
public static class ClipPixelStatistics
{
    /// <summary>The mean of OpenAI's training images: CLIP's, and most of OpenCLIP's.</summary>
    public static RgbValues OpenAIMean { get; } = new(0.48145466f, 0.4578275f, 0.40821073f);

    /// <summary>The standard deviation that goes with <see cref="OpenAIMean"/>.</summary>
    public static RgbValues OpenAIStandardDeviation { get; } = new(0.26862954f, 0.26130258f, 0.27577711f);

    /// <summary>The mean of ImageNet: CLIPA's, and that of many encoders that are not dual.</summary>
    public static RgbValues ImageNetMean { get; } = new(0.485f, 0.456f, 0.406f);

    /// <summary>The standard deviation that goes with <see cref="ImageNetMean"/>.</summary>
    public static RgbValues ImageNetStandardDeviation { get; } = new(0.229f, 0.224f, 0.225f);

    /// <summary>One half for each channel, which with <see cref="HalfStandardDeviation"/> maps pixels to −1 … 1: SigLIP's.</summary>
    public static RgbValues HalfMean { get; } = new(0.5f);

    /// <summary>The standard deviation that goes with <see cref="HalfMean"/>.</summary>
    public static RgbValues HalfStandardDeviation { get; } = new(0.5f);

    /// <summary>Zero for each channel, which with <see cref="UnitStandardDeviation"/> leaves pixels at 0 … 1: MobileCLIP's.</summary>
    public static RgbValues ZeroMean { get; } = new(0f);

    /// <summary>The standard deviation that goes with <see cref="ZeroMean"/>.</summary>
    public static RgbValues UnitStandardDeviation { get; } = new(1f);
}
