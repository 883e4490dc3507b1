using System.Numerics;

namespace Microsoft.ML.ModalityGap;

/// <summary>Some pairs, as the heads take them.</summary>
/// <param name="Capacity">How many rows there is room for.</param>
/// <param name="First">Capacity rows of the first modality, of which the first <see cref="Count"/> count.</param>
/// <param name="Second">Those of the second.</param>
internal sealed record TrainingBatch<T>(int Capacity, T[] First, T[] Second)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>N.</summary>
    internal int Count { get; set; } = Capacity;

    /// <summary>What is random about a step is drawn from this, so that a step taken again is the same.</summary>
    internal ulong Seed { get; set; }
}
