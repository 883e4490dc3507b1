namespace Microsoft.ML.ModalityGap;

/// <summary>The measures of retrieval from a gallery of several modalities, on rows in memory.</summary>
internal static class MixedRetrieval
{
    /// <summary>Ranks every document for every query, whatever its modality.</summary>
    /// <param name="queries">Rows of <paramref name="dimension"/> values; the score is the dot product, of unit vectors the cosine.</param>
    /// <param name="gallery">The documents, in rows of the same kind; of equal scores the one that stands first wins.</param>
    /// <param name="dimension">d.</param>
    /// <param name="modalities">The modality of each document, as an index into <paramref name="names"/>.</param>
    /// <param name="names">The names of the modalities.</param>
    /// <param name="relevance">Which documents are relevant to which query, and how much.</param>
    /// <param name="cutoff">k.</param>
    /// <param name="createRetrieval">Makes the measures of the ranks; <see langword="null"/> for the default ones.</param>
    /// <param name="maxDegreeOfParallelism">The most threads; −1 for as many as there are cores. It does not change the result.</param>
    /// <exception cref="InvalidDataException">No query has a relevant document.</exception>
    internal static MixedRetrievalMetrics Evaluate(
        ReadOnlyMemory<float> queries,
        ReadOnlyMemory<float> gallery,
        int dimension,
        ReadOnlyMemory<int> modalities,
        IReadOnlyList<string> names,
        RelevanceLists relevance,
        int cutoff = 10,
        Func<RankedRelevance, RetrievalMetrics>? createRetrieval = null,
        int maxDegreeOfParallelism = -1)
    {
        var queryCount = queries.Length / dimension;
        var k = Math.Min(cutoff, modalities.Length);
        var targets = RankTargets.Create(relevance, queries, gallery, dimension, maxDegreeOfParallelism);
        var top = new TopLists(queryCount, k);
        var counts = new int[names.Count][];
        var sizes = new int[names.Count];
        for (var modality = 0; modality < names.Count; modality++)
        {
            // One modality at a time, so that counts come by modality; the places in the whole gallery decide ties still.
            var (rows, positions) = Gather(gallery, dimension, modalities.Span, modality);
            var count = counts[modality] = new int[targets.Count];
            sizes[modality] = positions.Length;
            ScoreTiles.Visit(
                queries, rows, dimension, () => new MixedVisitor(new RowRankVisitor(targets, count, positions), top, positions), maxDegreeOfParallelism: maxDegreeOfParallelism);
            targets.Finish(count);
        }

        var total = new int[targets.Count];
        foreach (var count in counts)
            System.Numerics.Tensors.TensorPrimitives.Add(total, count, total);
        var ranked = targets.ToRanks(total);
        var biases = MeasureBias(ranked, modalities.Span, counts, sizes);
        var found = CountFound(ranked, modalities.Span, names.Count, cutoff);
        var shares = MeasureShares(top, modalities.Span, names.Count);
        return new MixedRetrievalMetrics
        {
            Retrieval = createRetrieval?.Invoke(ranked) ?? new RetrievalMetrics(ranked, modalities.Length, RetrievalEvaluationOptions.Default),
            Cutoff = cutoff,
            Modalities = [.. names.Select((name, modality) => new MixedModalityMetrics
            {
                Modality = name,
                DocumentCount = sizes[modality],
                GalleryShare = (double)sizes[modality] / modalities.Length,
                TopShare = shares[modality],
                RelevantCount = biases[modality].Relevant,
                TopRecall = biases[modality].Relevant > 0 ? (double)found[modality] / biases[modality].Relevant : null,
                RankBias = biases[modality].Bias,
            })],
        };
    }

    private static (float[] Rows, int[] Positions) Gather(ReadOnlyMemory<float> gallery, int dimension, ReadOnlySpan<int> modalities, int modality)
    {
        var positions = new int[modalities.Count(modality)];
        var rows = new float[positions.Length * dimension];
        for (int position = 0, count = 0; position < modalities.Length; position++)
        {
            if (modalities[position] != modality)
                continue;
            gallery.Span.Slice(position * dimension, dimension).CopyTo(rows.AsSpan(count * dimension));
            positions[count++] = position;
        }

        return (rows, positions);
    }

    private static double[] MeasureShares(TopLists top, ReadOnlySpan<int> modalities, int modalityCount)
    {
        // Every query has as many documents among its first: k, or all there are.
        var counts = new long[modalityCount];
        for (var query = 0; query < top.QueryCount; query++)
        {
            foreach (var position in top.GetPositions(query))
                counts[modalities[position]]++;
        }

        var all = (double)counts.Sum();
        return Array.ConvertAll(counts, count => count / all);
    }

    /// <summary>How many relevant documents are among the first k, by modality.</summary>
    private static int[] CountFound(RankedRelevance ranked, ReadOnlySpan<int> modalities, int modalityCount, int cutoff)
    {
        var found = new int[modalityCount];
        for (var query = 0; query < ranked.QueryCount; query++)
        {
            var ranks = ranked.GetRanks(query);
            for (var i = 0; i < ranks.Length && ranks[i] <= cutoff; i++)
                found[modalities[ranked.GetDocuments(query)[i]]]++;
        }

        return found;
    }

    private static (int Relevant, double? Bias)[] MeasureBias(RankedRelevance ranked, ReadOnlySpan<int> modalities, int[][] counts, int[] sizes)
    {
        var sums = new double[sizes.Length];
        var measured = new int[sizes.Length];
        var relevant = new int[sizes.Length];
        for (var query = 0; query < ranked.QueryCount; query++)
        {
            var start = ranked.GetStart(query);
            var documents = ranked.GetDocuments(query);
            var relevantOf = new int[sizes.Length];
            foreach (var document in documents)
                relevantOf[modalities[document]]++;

            var before = new int[sizes.Length]; // relevant ones, by modality
            for (var i = 0; i < documents.Length; i++)
            {
                var own = modalities[documents[i]];
                relevant[own]++;
                var (ownBefore, otherBefore) = (0, 0);
                var (ownSize, otherSize) = (0, 0);
                for (var modality = 0; modality < sizes.Length; modality++)
                {
                    var irrelevantBefore = counts[modality][start + i] - before[modality];
                    var irrelevant = sizes[modality] - relevantOf[modality];
                    if (modality == own)
                        (ownBefore, ownSize) = (irrelevantBefore, irrelevant);
                    else
                        (otherBefore, otherSize) = (otherBefore + irrelevantBefore, otherSize + irrelevant);
                }

                before[own]++;
                if (ownSize == 0 || otherSize == 0)
                    continue;
                sums[own] += (double)ownBefore / ownSize - (double)otherBefore / otherSize;
                measured[own]++;
            }
        }

        return [.. sums.Select((sum, modality) => (relevant[modality], measured[modality] > 0 ? sum / measured[modality] : (double?)null))];
    }

    /// <summary>Counts ranks and keeps the best documents.</summary>
    private sealed class MixedVisitor(RowRankVisitor ranks, TopLists top, int[] positions) : IScoreVisitor
    {
        public void Visit(in ScoreTile tile)
        {
            ranks.Visit(tile);
            var places = positions.AsSpan(tile.FirstColumn, tile.Columns);
            for (var row = 0; row < tile.Rows; row++)
                top.Add(tile.FirstRow + row, tile.GetRow(row), tile.FirstColumn, places);
        }

        public void EndRows(int firstRow, int rows)
        {
        }
    }
}
