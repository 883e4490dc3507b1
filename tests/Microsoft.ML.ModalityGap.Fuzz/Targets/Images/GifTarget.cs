using Microsoft.ML.ModalityGap.Tests.Clip;

namespace Microsoft.ML.ModalityGap.Fuzz;

/// <summary>.gif, with palettes that are too short, and frames that do not fill the canvas.</summary>
internal sealed class GifTarget : ImageTarget
{
    internal override string Name => "gif";

    internal override InputShape Shape => ByteShape.Any;

    internal override IReadOnlyList<byte[]> CreateSeeds() => [.. Enumerable.Range(0, 6).Select(seed => TestGif.CreateRandom(new Random(seed)).ToFile())];
}
