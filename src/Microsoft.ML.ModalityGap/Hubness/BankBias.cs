using System.Buffers;
using System.Numerics.Tensors;

namespace Microsoft.ML.ModalityGap;

/// <summary>The bias of any gallery row from its similarities to a bank of queries: the one place that computes <see cref="HubnessCorrection"/>.</summary>
internal sealed class BankBias
{
    /// <summary>A row of the bank that is this near is the gallery row itself, and counts as <see cref="OfItself"/>.</summary>
    internal const float SameRow = 0.9999f;

    /// <summary>The least similarity there is.</summary>
    internal const float OfItself = -1;

    // The scores of so many rows with the bank are held at a time.
    private const int BlockValues = 1 << 18;

    private readonly Lazy<PackedRows> _packed;

    /// <param name="hubness">What to compute.</param>
    /// <param name="bank">Unit rows, one behind the other; at least one, unless there is nothing to compute.</param>
    /// <param name="dimension">Theirs.</param>
    internal BankBias(HubnessCorrection hubness, float[] bank, int dimension)
    {
        if (hubness.Kind != HubnessCorrectionKind.None && bank.Length == 0)
            throw new ArgumentException("The bank of queries has no rows.", nameof(bank));
        (Hubness, Bank, Dimension) = (hubness, hubness.Kind == HubnessCorrectionKind.None ? [] : bank, dimension);
        _packed = new Lazy<PackedRows>(() => new PackedRows(Bank, Dimension));
    }

    internal HubnessCorrection Hubness { get; }

    /// <summary>Unit rows; none where nothing is computed of them.</summary>
    internal float[] Bank { get; }

    internal int Dimension { get; }

    internal int Count => Bank.Length / Dimension;

    /// <summary>The bias of each of some unit rows. A row with NaN has a bias of NaN.</summary>
    internal void Compute(ReadOnlySpan<float> rows, Span<float> result)
    {
        if (Count == 0)
        {
            for (var i = 0; i < result.Length; i++)
                result[i] = 0 * rows[i * Dimension];
            return;
        }

        var blockRows = Math.Clamp(BlockValues / Count, 1, Math.Max(1, result.Length));
        var buffer = ArrayPool<float>.Shared.Rent(blockRows * Count);
        for (var first = 0; first < result.Length; first += blockRows)
        {
            var height = Math.Min(blockRows, result.Length - first);
            var scores = buffer.AsSpan(0, height * Count);
            MatrixProduct.Multiply(rows.Slice(first * Dimension, height * Dimension), _packed.Value, scores);
            for (var i = 0; i < height; i++)
                result[first + i] = Reduce(scores.Slice(i * Count, Count));
        }

        ArrayPool<float>.Shared.Return(buffer);
    }

    /// <summary>The bias from a row's similarities to the whole bank, which are overwritten.</summary>
    internal float Reduce(Span<float> similarities)
    {
        for (var i = RowKernels.IndexOfAbove(similarities, 0, SameRow); i >= 0; i = RowKernels.IndexOfAbove(similarities, i + 1, SameRow))
            similarities[i] = OfItself;

        return Hubness.Kind switch
        {
            HubnessCorrectionKind.InvertedSoftmax => (float)(Hubness.Strength * LogMeanExp(similarities, (float)Hubness.InverseTemperature)),
            HubnessCorrectionKind.LocalScaling => (float)(Hubness.Strength * TopMean(similarities, Hubness.Neighbors) / 2),
            _ => 0,
        };
    }

    /// <summary>Writes the bank, for <see cref="Read"/>.</summary>
    internal void Write(BinaryWriter writer) => writer.WriteFloats(Bank);

    /// <exception cref="ArgumentException">There is no whole number of rows.</exception>
    /// <exception cref="InvalidDataException">A row is no unit vector.</exception>
    internal static BankBias Read(BlockReader reader, HubnessCorrection hubness, int dimension)
    {
        var bank = reader.ReadFloats();
        RowBlocks.CountRows(bank.Length, dimension, nameof(bank));
        if (RowKernels.FindNotUnit(bank, dimension) is >= 0 and var bad)
            throw new InvalidDataException($"Row {bad} of a stored bank of queries is no unit vector.");
        return new BankBias(hubness, bank, dimension);
    }

    /// <summary>(1/β)·log(mean of exp(β·s)).</summary>
    private static double LogMeanExp(ReadOnlySpan<float> similarities, float inverseTemperature)
    {
        // Everything is held relative to the largest, so that no β is too large.
        var largest = TensorPrimitives.Max(similarities);
        return largest + Math.Log(Exponentials.SumOfScaled(similarities, largest, inverseTemperature) / (double)similarities.Length) / inverseTemperature;
    }

    private static double TopMean(Span<float> similarities, int neighbors)
    {
        if (float.IsNaN(TensorPrimitives.Max<float>(similarities)))
            return double.NaN;
        neighbors = Math.Min(neighbors, similarities.Length);
        var best = similarities[..neighbors];
        best.Sort();
        foreach (var similarity in similarities[neighbors..])
        {
            if (similarity <= best[0])
                continue;
            var place = 0;
            for (; place + 1 < neighbors && best[place + 1] < similarity; place++)
                best[place] = best[place + 1];
            best[place] = similarity;
        }

        var sum = 0.0;
        foreach (var similarity in best)
            sum += similarity;
        return sum / neighbors;
    }
}
