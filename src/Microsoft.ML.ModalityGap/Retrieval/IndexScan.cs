using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Microsoft.ML.ModalityGap;

/// <summary>
/// Searches an index exhaustively: blocks of queries against runs of panels, each panel's scores looked through as soon as they are there, so that of all scores
/// only 32 per query exist at a time.
/// </summary>
/// <param name="store">The rows.</param>
/// <param name="createBlock">Makes what scores up to so many queries against the rows' panels.</param>
/// <param name="createKept">Makes what keeps the rows of so many queries for a ranking.</param>
/// <param name="variants">The rankings to make.</param>
/// <param name="allowed">The rows that may be found; <see langword="null"/> for all.</param>
/// <param name="maxDegreeOfParallelism">The most threads to use.</param>
internal sealed class IndexScan<TKept>(
    PanelStore store, Func<int, IScoreBlock> createBlock, Func<int, ScoreVariant, TKept> createKept, IReadOnlyList<ScoreVariant> variants, bool[]? allowed, int maxDegreeOfParallelism)
    where TKept : KeptRows
{
    // Below this many multiply-adds a second thread costs more than it brings.
    private const long SmallScan = 1 << 20;

    // Enough runs that no thread is left waiting for long, each of enough panels that setting it up is nothing.
    private const int ItemsPerThread = 16;
    private const int MinimumPanels = 8;

    // What logarithms are taken of at least: the smallest normal number.
    private const float SmallestSimilarity = 1.17549435e-38f;

    /// <returns>Per variant what was kept of each query, not in order.</returns>
    internal unsafe TKept[] Run(ReadOnlySpan<float> queries)
    {
        var dimension = store.Dimension;
        var count = queries.Length / dimension;
        var results = CreateKept(count);
        var panels = FindPanels();
        if (count == 0 || panels.Length == 0)
            return results;

        var work = (long)panels.Length * MatrixTile.Columns * dimension * count;
        var threads = work < SmallScan ? 1 : maxDegreeOfParallelism > 0 ? maxDegreeOfParallelism : Environment.ProcessorCount;
        var blocks = (count + QueryBlock.MaximumRows - 1) / QueryBlock.MaximumRows;
        var runs = threads == 1 ? 1 : Math.Clamp((ItemsPerThread * threads + blocks - 1) / blocks, 1, Math.Max(1, panels.Length / MinimumPanels));
        var blockRows = Math.Min(count, QueryBlock.MaximumRows);
        var next = -1;
        fixed (float* pointer = queries)
        {
            var address = (nint)pointer;
            void Work(int thread)
            {
                using var block = createBlock(blockRows);
                var best = CreateKept(blockRows);
                for (var item = Interlocked.Increment(ref next); item < blocks * runs; item = Interlocked.Increment(ref next))
                {
                    var first = item / runs * blockRows;
                    var rows = Math.Min(blockRows, count - first);
                    var run = item % runs;
                    block.Pack(new ReadOnlySpan<float>((float*)address + (nint)first * dimension, rows * dimension));
                    Array.ForEach(best, entry => entry.Start(block.Slacks));
                    foreach (var panel in panels.AsSpan((int)((long)panels.Length * run / runs)..(int)((long)panels.Length * (run + 1) / runs)))
                    {
                        block.Score(panel);
                        Select(block.Tile, panel, best);
                    }

                    lock (results)
                    {
                        for (var i = 0; i < results.Length; i++)
                            results[i].Merge(best[i], first, rows);
                    }
                }
            }

            threads = Math.Min(threads, blocks * runs);
            if (threads == 1)
                Work(0);
            else
                ParallelFor.Run(threads, threads, Work);
        }

        return results;
    }

    private TKept[] CreateKept(int queries) => [.. variants.Select(variant => createKept(queries, variant))];

    /// <summary>The panels that hold a row that may be found.</summary>
    private int[] FindPanels() =>
        [.. Enumerable.Range(0, store.PanelCount).Where(panel => allowed is null
            || allowed.AsSpan(panel * MatrixTile.Columns, Math.Min(MatrixTile.Columns, store.Count - panel * MatrixTile.Columns)).Contains(true))];

    private void Select(ReadOnlySpan<float> tile, int panel, TKept[] best)
    {
        Span<float> adjusted = stackalloc float[MatrixTile.Columns];
        var first = panel * MatrixTile.Columns;
        var lanesHeld = uint.MaxValue >> MatrixTile.Columns - Math.Min(MatrixTile.Columns, store.Count - first);
        for (var i = 0; i < best.Length; i++)
        {
            var variant = variants[i];
            for (int query = 0, at = 0; at < tile.Length; query++, at += MatrixTile.Columns)
            {
                scoped var scores = tile.Slice(at, MatrixTile.Columns);
                if (variant.Bias is { } bias)
                {
                    Adjust(scores, variant, bias.AsSpan(first, MatrixTile.Columns), first, adjusted);
                    scores = adjusted;
                }

                if (FindAbove(scores, best[i].GetThreshold(query)) is var lanesAbove and not 0)
                    Take(scores, lanesAbove & lanesHeld, first, best[i], query);
            }
        }
    }

    private void Take(ReadOnlySpan<float> scores, uint lanes, int first, KeptRows best, int query)
    {
        // A run goes through the positions upwards: of equal scores the one that is there already stays.
        var threshold = best.GetThreshold(query);
        for (; lanes != 0; lanes &= lanes - 1)
        {
            var lane = BitOperations.TrailingZeroCount(lanes);
            if (!(scores[lane] > threshold) || allowed?[first + lane] == false)
                continue;
            best.Add(query, scores[lane], first + lane);
            threshold = best.GetThreshold(query);
        }
    }

    /// <summary>The lanes above a threshold, a bit each.</summary>
    private static uint FindAbove(ReadOnlySpan<float> scores, float threshold)
    {
        var limit = Vector256.Create(threshold);
        ref var first = ref MemoryMarshal.GetReference(scores);
        if (Vector512.IsHardwareAccelerated)
        {
            var limits = Vector512.Create(threshold);
            return (uint)(Vector512.GreaterThan(Vector512.LoadUnsafe(ref first), limits).ExtractMostSignificantBits()
                | Vector512.GreaterThan(Vector512.LoadUnsafe(ref first, 16), limits).ExtractMostSignificantBits() << 16);
        }

        return Vector256.GreaterThan(Vector256.LoadUnsafe(ref first), limit).ExtractMostSignificantBits()
            | Vector256.GreaterThan(Vector256.LoadUnsafe(ref first, 8), limit).ExtractMostSignificantBits() << 8
            | Vector256.GreaterThan(Vector256.LoadUnsafe(ref first, 16), limit).ExtractMostSignificantBits() << 16
            | Vector256.GreaterThan(Vector256.LoadUnsafe(ref first, 24), limit).ExtractMostSignificantBits() << 24;
    }

    private static void Adjust(ReadOnlySpan<float> scores, ScoreVariant variant, ReadOnlySpan<float> bias, int first, Span<float> result)
    {
        var factor = new Vector<float>(variant.Weight);
        if (variant.Scales is { } all)
        {
            var scales = all.AsSpan(first, MatrixTile.Columns);
            for (var i = 0; i < MatrixTile.Columns; i += Vector<float>.Count)
                (new Vector<float>(scores[i..]) * (factor * new Vector<float>(scales[i..])) - new Vector<float>(bias[i..])).CopyTo(result[i..]);
            return;
        }

        for (var i = 0; i < MatrixTile.Columns; i += Vector<float>.Count)
            (new Vector<float>(scores[i..]) * factor - new Vector<float>(bias[i..])).CopyTo(result[i..]);
        if (variant.LogWeight == 0)
            return;
        var (smallest, logFactor) = (new Vector<float>(SmallestSimilarity), new Vector<float>(variant.LogWeight));
        for (var i = 0; i < MatrixTile.Columns; i += Vector<float>.Count)
            (new Vector<float>(result[i..]) + Vector.Log(Vector.Max(new Vector<float>(scores[i..]), smallest)) * logFactor).CopyTo(result[i..]);
    }
}
