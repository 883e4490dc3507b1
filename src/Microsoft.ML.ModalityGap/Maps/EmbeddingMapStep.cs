namespace Microsoft.ML.ModalityGap;

/// <summary>
/// One step of an <see cref="EmbeddingMap"/>: a function on a single vector. Steps are immutable.
/// </summary>
/// <remarks>
/// The set is closed: <see cref="L2NormalizeStep"/>, <see cref="TranslateStep"/>, <see cref="ScaleStep"/>, <see cref="ProjectStep"/>
/// and <see cref="TruncateStep"/>. Every method of this library is a short chain of these. Behind them <see cref="FoldGalleryStep"/> and <see cref="FoldQueryStep"/> make what an inner-product
/// store ranks as a corrected search does.
/// </remarks>
public abstract class EmbeddingMapStep
{
    private protected EmbeddingMapStep()
    {
    }

    /// <summary>The number of dimensions the step takes, or <see langword="null"/> when it takes any.</summary>
    public virtual int? InputDimension => null;

    /// <summary>Identifies the step in a stored map; see <see cref="EmbeddingMapFormat"/>.</summary>
    internal abstract byte FormatId { get; }

    /// <summary>The number of dimensions that come out for <paramref name="inputDimension"/> dimensions in.</summary>
    internal virtual int GetOutputDimension(int inputDimension) => inputDimension;

    /// <summary>What the step cannot take about an input of this many dimensions, or <see langword="null"/> when it takes it.</summary>
    internal virtual string? DescribeMismatch(int inputDimension) =>
        InputDimension is { } expected && expected != inputDimension ? $"it takes {expected} dimensions but receives {inputDimension}" : null;

    /// <summary>
    /// Applies the step to one row. <paramref name="destination"/> may be <paramref name="source"/> itself unless the dimension changes, or the step likes blocks.
    /// </summary>
    internal abstract void Apply(ReadOnlySpan<float> source, Span<float> destination);

    /// <summary>Whether many rows at once are done faster than one after the other; they come out the same, bit for bit.</summary>
    internal virtual bool LikesBlocks => false;

    /// <summary>
    /// Applies the step to rows, one behind the other. <paramref name="destination"/> may be <paramref name="source"/> itself unless the dimension changes, or the step likes blocks.
    /// </summary>
    internal virtual void ApplyRows(ReadOnlySpan<float> source, Span<float> destination, int count)
    {
        var (input, output) = (source.Length / count, destination.Length / count);
        for (var row = 0; row < count; row++)
            Apply(source.Slice(row * input, input), destination.Slice(row * output, output));
    }

    /// <summary>Adds the step to an ONNX graph, to mean the same as <see cref="Apply"/>.</summary>
    /// <param name="nodes">The graph.</param>
    /// <param name="input">The name of the value the step is applied to, of shape (batch, d).</param>
    /// <param name="largestNorm">The largest norm that its rows can have.</param>
    /// <returns>The name of the result.</returns>
    internal abstract string AddTo(OnnxNodes nodes, string input, double largestNorm);

    /// <summary>The largest norm that rows can have behind the step.</summary>
    /// <param name="largestNorm">That before it.</param>
    internal abstract double GetLargestNorm(double largestNorm);

    /// <summary>Writes what <see cref="EmbeddingMapFormat"/> reads back.</summary>
    internal abstract void WriteParameters(BinaryWriter writer);

    /// <summary>A copy of a parameter array that holds finite numbers only.</summary>
    private protected static float[] CopyFinite(ReadOnlySpan<float> values, string parameterName)
    {
        for (var i = 0; i < values.Length; i++)
        {
            if (!float.IsFinite(values[i]))
            {
                throw new ArgumentException(FormattableString.Invariant(
                    $"Every value must be finite, but value {i} is {values[i]}."), parameterName);
            }
        }

        return values.ToArray();
    }
}
