using System.Numerics;

namespace Microsoft.ML.ModalityGap;

/// <summary>
/// A batch as one modality sees it: its rows are the queries, the other's the gallery. Both directions are worked on at the same time; each writes to its own
/// gradients only.
/// </summary>
internal sealed class LossDirection<T>(int capacity, bool isReverse, bool hasWithin)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly T[] _cross = new T[capacity * capacity];
    private readonly T[] _crossGradient = new T[capacity * capacity];
    private readonly T[] _within = hasWithin ? new T[capacity * capacity] : [];
    private readonly T[] _withinGradient = hasWithin ? new T[capacity * capacity] : [];
    private readonly T[] _scratch = new T[ScratchRows * capacity];
    private T[] _inputWithin = [];

    // What the greediest loss takes at once.
    private const int ScratchRows = 6;

    /// <summary>N.</summary>
    internal int Count { get; private set; }

    /// <summary>False where the first modality has the queries.</summary>
    internal bool IsReverse => isReverse;

    /// <summary>Of the batch: the same for both directions, another at the next step.</summary>
    internal ulong Seed { get; private set; }

    /// <summary>The same batch seen from the other modality; only what is read-only may be looked at.</summary>
    internal LossDirection<T> Other { get; private set; } = null!;

    /// <summary>N×N: query i · gallery row j.</summary>
    internal Span<T> Cross => _cross.AsSpan(0, Count * Count);

    /// <summary>N×N: query i · query j, of the same modality.</summary>
    internal Span<T> Within => _within.AsSpan(0, Count * Count);

    /// <summary>N×N: the cosines among the queries as they came from the encoder.</summary>
    internal Span<T> InputWithin => _inputWithin.AsSpan(0, Count * Count);

    /// <summary>dL/d<see cref="Cross"/>.</summary>
    internal Span<T> CrossGradient => _crossGradient.AsSpan(0, Count * Count);

    /// <summary>dL/d<see cref="Within"/>, in which entries ij and ji are taken for different ones.</summary>
    internal Span<T> WithinGradient => _withinGradient.AsSpan(0, Count * Count);

    /// <summary>The parameters' gradients, summed by each direction for itself.</summary>
    internal T[] ParameterGradients { get; set; } = [];

    /// <summary>The i-th of a few rows of N values to work in.</summary>
    internal Span<T> GetScratch(int row) => _scratch.AsSpan(row * Count, Count);

    /// <summary>Several scratch rows, one behind the other.</summary>
    internal Span<T> GetScratch(int row, int rows) => _scratch.AsSpan(row * Count, rows * Count);

    internal Span<T> GetRow(Span<T> matrix, int row) => matrix.Slice(row * Count, Count);

    internal static (LossDirection<T> Forward, LossDirection<T> Reverse) CreateBoth(int capacity, bool hasWithin)
    {
        var (forward, reverse) = (new LossDirection<T>(capacity, false, hasWithin), new LossDirection<T>(capacity, true, hasWithin));
        (forward.Other, reverse.Other) = (reverse, forward);
        return (forward, reverse);
    }

    /// <summary>Prepares for a batch: matrices still to be filled, gradients to be cleared.</summary>
    internal void Begin(int count, ulong seed, T[] inputWithin) => (Count, Seed, _inputWithin) = (count, seed, inputWithin);

    internal void ClearGradients()
    {
        CrossGradient.Clear();
        if (hasWithin)
            WithinGradient.Clear();
        ParameterGradients.AsSpan().Clear();
    }
}
