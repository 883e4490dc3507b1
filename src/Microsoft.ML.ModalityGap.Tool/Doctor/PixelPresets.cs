namespace Microsoft.ML.ModalityGap.Tool;

/// <summary>The means and deviations that models of images are known to be trained with.</summary>
internal static class PixelPresets
{
    private const float Tolerance = 1e-4f;

    private static readonly (string Name, RgbValues Mean, RgbValues StandardDeviation)[] _known =
    [
        ("CLIP's", ClipPixelStatistics.OpenAIMean, ClipPixelStatistics.OpenAIStandardDeviation),
        ("SigLIP's", ClipPixelStatistics.HalfMean, ClipPixelStatistics.HalfStandardDeviation),
        ("MobileCLIP's", ClipPixelStatistics.ZeroMean, ClipPixelStatistics.UnitStandardDeviation),
        ("ImageNet's", new RgbValues(0.485f, 0.456f, 0.406f), new RgbValues(0.229f, 0.224f, 0.225f)),
    ];

    internal static string Names => string.Join(", ", _known.Select(preset => preset.Name));

    internal static bool IsKnown(ClipImagePreprocessing preprocessing) => Find(preprocessing) is not null;

    /// <summary>Whose mean and deviation these are; <see langword="null"/> for nobody's known.</summary>
    internal static string? Find(ClipImagePreprocessing preprocessing) => Array.Find(
        _known, preset => AreClose(preset.Mean, preprocessing.Mean) && AreClose(preset.StandardDeviation, preprocessing.StandardDeviation)).Name;

    private static bool AreClose(RgbValues a, RgbValues b) => MathF.Abs(a.Red - b.Red) < Tolerance && MathF.Abs(a.Green - b.Green) < Tolerance && MathF.Abs(a.Blue - b.Blue) < Tolerance;
}
