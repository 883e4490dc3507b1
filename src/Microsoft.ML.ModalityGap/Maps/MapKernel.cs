namespace Microsoft.ML.ModalityGap;

/// <summary>
/// What an <see cref="EmbeddingMap"/> really runs: one step, or several steps fused into one. A new fusion is registered in <see cref="Compile"/>.
/// </summary>
internal abstract class MapKernel
{
    /// <summary>The number of dimensions that come out.</summary>
    internal abstract int OutputDimension { get; }

    /// <summary>Applies the kernel to one row; in place when both spans are the same and the dimension does not change.</summary>
    internal abstract void Apply(ReadOnlySpan<float> source, Span<float> destination);

    internal static MapKernel[] Compile(int inputDimension, IReadOnlyList<EmbeddingMapStep> steps)
    {
        var kernels = new List<MapKernel>();
        var dimension = inputDimension;
        for (var i = 0; i < steps.Count;)
        {
            MapKernel kernel;
            if (i + 2 < steps.Count && steps[i] is L2NormalizeStep && steps[i + 1] is TranslateStep translate && steps[i + 2] is L2NormalizeStep)
            {
                kernel = new NormalizeTranslateNormalizeKernel(translate);
                i += 3;
            }
            else
            {
                kernel = new StepKernel(steps[i], steps[i].GetOutputDimension(dimension));
                i++;
            }

            kernels.Add(kernel);
            dimension = kernel.OutputDimension;
        }

        return [.. kernels];
    }

    private sealed class StepKernel(EmbeddingMapStep step, int outputDimension) : MapKernel
    {
        internal override int OutputDimension => outputDimension;

        internal override void Apply(ReadOnlySpan<float> source, Span<float> destination) => step.Apply(source, destination);
    }

    private sealed class NormalizeTranslateNormalizeKernel : MapKernel
    {
        private readonly TranslateStep _translate;
        private readonly float _squaredOffset;

        internal NormalizeTranslateNormalizeKernel(TranslateStep translate)
        {
            _translate = translate;
            _squaredOffset = (float)RowKernels.SquaredNormExact(translate.Offset);
        }

        internal override int OutputDimension => _translate.Offset.Length;

        internal override void Apply(ReadOnlySpan<float> source, Span<float> destination) =>
            RowKernels.NormalizeTranslateNormalize(source, _translate.Offset, _squaredOffset, destination);
    }
}
