using System.Numerics;

namespace Microsoft.ML.ModalityGap;

/// <summary>Parameters that are trained, their gradients, and what <see cref="AdamW"/> remembers of those.</summary>
internal sealed class ParameterBlock<T>(T[] values, bool decays)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    internal T[] Values { get; } = values;

    internal T[] Gradients { get; } = new T[values.Length];

    internal T[] FirstMoments { get; } = new T[values.Length];

    internal T[] SecondMoments { get; } = new T[values.Length];

    /// <summary>Whether weight decay takes part.</summary>
    internal bool Decays { get; } = decays;
}
