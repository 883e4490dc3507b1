using System.Numerics;

namespace Microsoft.ML.ModalityGap;

/// <summary>Some pairs, as the heads take them.</summary>
/// <param name="First">The rows of the first modality.</param>
/// <param name="Second">As many of the second.</param>
internal sealed record TrainingBatch<T>(BatchRows<T> First, BatchRows<T> Second)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>N.</summary>
    internal int Count => First.Count;

    /// <summary>What is random about a step is drawn from this, so that a step taken again is the same.</summary>
    internal ulong Seed { get; set; }
}
