using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace Microsoft.ML.ModalityGap;

/// <summary>
/// What a correction is measured on: rows of each modality behind maps, as queries and as gallery, and the banks of queries that biases are of. Maps fit the rows that they were fitted on better than new ones, so that
/// the rows are best others than the banks', and none of their items.
/// </summary>
/// <param name="dimension">Of all rows.</param>
/// <param name="rows">Per modality the rows that ask and are asked for.</param>
/// <param name="banks">Per modality the rows of its bank.</param>
/// <param name="arena">Where similarities are; <see langword="null"/> for arrays of their own.</param>
internal sealed class CorrectionPart(int dimension, IReadOnlyList<CorrectionRows> rows, IReadOnlyList<CorrectionRows> banks, ArrayArena<float>? arena = null)
{
    private readonly float[]?[,] _similarities = new float[rows.Count, rows.Count][];
    private readonly Dictionary<int, List<int>>?[] _rowsByItem = new Dictionary<int, List<int>>?[rows.Count];
    private readonly float[]?[,] _toBanks = new float[rows.Count, rows.Count][];

    /// <summary>Per modality the rows that ask and are asked for.</summary>
    internal IReadOnlyList<CorrectionRows> Rows => rows;

    /// <summary>The cosines of queries of one modality with rows of another, per query with all rows.</summary>
    internal float[] GetSimilarities(int query, int gallery) => _similarities[query, gallery] ??= _similarities[gallery, query] is { } known
        ? MatrixProduct.Transpose(known, Count(gallery), Count(query), arena)
        : query == gallery ? CorrectionFit.MultiplyByItself(rows[query].Values, dimension, arena)
        : CorrectionFit.Multiply(rows[query].Values, rows[gallery].Values, dimension, arena);

    /// <summary>The bias of each row of a modality against queries of another (or the same).</summary>
    /// <param name="hubness">What it is.</param>
    /// <param name="query">The modality of the queries.</param>
    /// <param name="gallery">That of the rows.</param>
    /// <param name="leavesOut">Whether rows of the bank that are of a row's item count as the least similar.</param>
    internal float[] ComputeBias(HubnessCorrection hubness, int query, int gallery, bool leavesOut)
    {
        var result = new float[Count(gallery)];
        var bank = new BankBias(hubness, banks[query].Values, dimension);
        if (bank.Count == 0)
            return result;
        var scores = _toBanks[query, gallery] ??= CorrectionFit.Multiply(rows[gallery].Values, banks[query].Values, dimension, arena);
        var (own, others) = (rows[gallery].Items, banks[query].Items);
        var line = new float[bank.Count];
        for (var row = 0; row < result.Length; row++)
        {
            scores.AsSpan(row * line.Length, line.Length).CopyTo(line);
            for (var i = 0; leavesOut && i < line.Length; i++)
            {
                if (own[row] == others[i])
                    line[i] = BankBias.OfItself;
            }

            result[row] = bank.Reduce(line);
        }

        return result;
    }

    /// <summary>What one query scores with every row of a modality, less their biases, in <paramref name="target"/>; −∞ for the query itself and, if asked for, for rows of its item.</summary>
    internal void Score(int query, int gallery, int row, ReadOnlySpan<float> bias, bool leavesOut, Span<float> target)
    {
        var similarities = GetSimilarities(query, gallery).AsSpan(row * bias.Length, bias.Length);
        TensorPrimitives.Subtract(similarities, bias, target);
        if (query == gallery)
            target[row] = float.NegativeInfinity;
        if (leavesOut)
        {
            foreach (var own in GetRowsOf(gallery, rows[query].Items[row]))
                target[own] = float.NegativeInfinity;
        }

        // Rarely is there another that is the same but for rounding.
        for (var i = RowKernels.IndexOfAbove(similarities, 0, BankBias.SameRow); i >= 0; i = RowKernels.IndexOfAbove(similarities, i + 1, BankBias.SameRow))
            target[i] = float.NegativeInfinity;
    }

    /// <summary>The rows of a modality that are of an item.</summary>
    internal ReadOnlySpan<int> GetRowsOf(int modality, int item)
    {
        _rowsByItem[modality] ??= FindRows(rows[modality].Items);
        return _rowsByItem[modality]!.TryGetValue(item, out var found) ? CollectionsMarshal.AsSpan(found) : [];
    }

    private static Dictionary<int, List<int>> FindRows(int[] items)
    {
        var found = new Dictionary<int, List<int>>(items.Length);
        for (var row = 0; row < items.Length; row++)
        {
            if (!found.TryGetValue(items[row], out var others))
                found.Add(items[row], others = new List<int>(1));
            others.Add(row);
        }

        return found;
    }

    private int Count(int modality) => rows[modality].Items.Length;
}
