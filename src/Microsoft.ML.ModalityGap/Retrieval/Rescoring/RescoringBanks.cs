using System.Numerics.Tensors;

namespace Microsoft.ML.ModalityGap;

/// <summary>The banks of a rescorer, held against the rows of one index: what rescoring methods compute their terms with.</summary>
internal sealed class RescoringBanks(EmbeddingIndex index, SearchOptions options, bool[]? allowed, float[] queries, float[] gallery)
{
    // A bank's rows are packed once per so many panels.
    private const int PanelsPerRun = 64;

    internal float[] Queries => queries;

    internal float[] Gallery => gallery;

    private int PaddedRows => index.Store.PanelCount * MatrixTile.Columns;

    internal int CountRows(float[] bank) => bank.Length / index.Dimension;

    /// <summary>The part of an inverted softmax: scale·log(mean_b exp(β·s(b, g))), for all queries, or, with activation neighbours, for those the bank activates.</summary>
    internal RescoringPart CreateSoftmaxPart(float[] bank, float inverseTemperature, float scale, int activationNeighbors) => new(
        Reduce(bank, () => new LogMeanExpReducer(inverseTemperature, scale)), activationNeighbors > 0 ? Activate(bank, activationNeighbors) : null);

    /// <summary>One number per row of the index from its scores with all rows of a bank.</summary>
    internal unsafe float[] Reduce(float[] bank, Func<ColumnReducer> createReducer)
    {
        var (store, dimension) = (index.Store, index.Dimension);
        var result = new float[PaddedRows];
        var runs = (store.PanelCount + PanelsPerRun - 1) / PanelsPerRun;
        var threads = Math.Min(runs, options.MaxDegreeOfParallelism > 0 ? options.MaxDegreeOfParallelism : Environment.ProcessorCount);
        var next = -1;
        void Work(int thread)
        {
            using var block = new QueryBlock(store, QueryBlock.MaximumRows, index.Options.Metric);
            for (var run = Interlocked.Increment(ref next); run < runs; run = Interlocked.Increment(ref next))
            {
                var first = run * PanelsPerRun;
                var reducers = Enumerable.Range(0, Math.Min(PanelsPerRun, store.PanelCount - first)).Select(_ => createReducer()).ToArray();
                for (var at = 0; at < bank.Length; at += QueryBlock.MaximumRows * dimension)
                {
                    block.Pack(bank.AsSpan(at, Math.Min(QueryBlock.MaximumRows * dimension, bank.Length - at)));
                    for (var i = 0; i < reducers.Length; i++)
                    {
                        block.Score(first + i);
                        reducers[i].Add(block.Tile);
                    }
                }

                for (var i = 0; i < reducers.Length; i++)
                    reducers[i].Finish(result.AsSpan((first + i) * MatrixTile.Columns, MatrixTile.Columns));
            }
        }

        if (threads == 1)
            Work(0);
        else if (threads > 1)
            ParallelFor.Run(threads, threads, Work);
        return result;
    }

    /// <summary>The rows that are among the nearest of any row of a bank, of those that may be found.</summary>
    private bool[] Activate(float[] bank, int neighbors)
    {
        var activated = new bool[PaddedRows];
        var best = new PrunedScan(index, [new ScoreVariant(neighbors)], allowed, options).Run(bank)[0];
        for (var row = 0; row < CountRows(bank); row++)
        {
            foreach (var position in best.GetPositions(row))
                activated[position] = true;
        }

        return activated;
    }

    /// <summary>The mean of a bank's rows, as the index's metric compares them.</summary>
    internal double[] GetMean(float[] bank)
    {
        var mean = new double[index.Dimension];
        var row = new float[index.Dimension];
        for (var at = 0; at < bank.Length; at += row.Length)
        {
            MetricRows.Prepare(index.Options.Metric, bank.AsSpan(at, row.Length), row);
            for (var i = 0; i < row.Length; i++)
                mean[i] += row[i];
        }

        TensorPrimitives.Divide(mean, (double)CountRows(bank), mean);
        return mean;
    }

    /// <summary>The mean of the index's rows that may be found.</summary>
    internal double[] GetIndexMean()
    {
        var mean = new double[index.Dimension];
        var row = new float[index.Dimension];
        var count = 0;
        for (var position = 0; position < index.Store.Count; position++)
        {
            if (allowed?[position] == false)
                continue;
            index.Store.Read(position, row);
            for (var i = 0; i < row.Length; i++)
                mean[i] += row[i];
            count++;
        }

        TensorPrimitives.Divide(mean, (double)Math.Max(1, count), mean);
        return mean;
    }

    /// <summary>The dot product of a vector with every row of the index.</summary>
    internal float[] ScoreRows(double[] vector)
    {
        using var block = new QueryBlock(index.Store, 1, SimilarityMetric.Dot);
        block.Pack([.. vector.Select(value => (float)value)]);
        var result = new float[PaddedRows];
        for (var panel = 0; panel < index.Store.PanelCount; panel++)
        {
            block.Score(panel);
            block.Tile.CopyTo(result.AsSpan(panel * MatrixTile.Columns));
        }

        return result;
    }
}
