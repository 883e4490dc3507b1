namespace Microsoft.ML.ModalityGap;

/// <summary>
/// What an <see cref="EmbeddingMap"/> really runs: one step, or several steps fused into one. A new fusion is registered in <see cref="Compile"/>.
/// </summary>
internal abstract class MapKernel
{
    /// <summary>The number of dimensions that come out.</summary>
    internal abstract int OutputDimension { get; }

    /// <summary>Whether many rows at once are done faster than one after the other, and never in place.</summary>
    internal virtual bool LikesBlocks => false;

    /// <summary>Applies the kernel to rows, one behind the other; in place when both spans are the same, the dimension does not change and the kernel does not like blocks.</summary>
    internal abstract void Apply(ReadOnlySpan<float> source, Span<float> destination, int count);

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

        internal override bool LikesBlocks => step.LikesBlocks;

        internal override void Apply(ReadOnlySpan<float> source, Span<float> destination, int count) => step.ApplyRows(source, destination, count);
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

        internal override void Apply(ReadOnlySpan<float> source, Span<float> destination, int count)
        {
            var dimension = OutputDimension;
            for (var first = 0; first < count * dimension; first += dimension)
                RowKernels.NormalizeTranslateNormalize(source.Slice(first, dimension), _translate.Offset, _squaredOffset, destination.Slice(first, dimension));
        }
    }
}
