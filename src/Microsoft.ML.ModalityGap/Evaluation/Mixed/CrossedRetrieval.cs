using Microsoft.ML.Runtime;

namespace Microsoft.ML.ModalityGap;

/// <summary>A mixed gallery made of pairs: of each pair one member, and the other is the query for it.</summary>
internal static class CrossedRetrieval
{
    internal static MixedRetrievalMetrics Evaluate(IHost host, IDataView data, string firstName, string secondName, MixedRetrievalEvaluationOptions options)
    {
        var pairs = EmbeddingPairs.Load(host, data, firstName, secondName, options.UnusableRows, options.Normalize);
        if (pairs.SkippedCount > 0)
        {
            using var channel = host.Start("Evaluate mixed retrieval");
            channel.Warning($"{pairs.SkippedCount} of {pairs.SkippedCount + pairs.Count} pairs of '{firstName}' and '{secondName}' could not be used and were left out.");
        }

        var order = Enumerable.Range(0, pairs.Count).ToArray();
        new Random(options.Seed).Shuffle(order);
        var modalities = new int[pairs.Count]; // of the document: 0 for the first column
        foreach (var row in order.AsSpan(pairs.Count / 2))
            modalities[row] = 1;

        // Where a pair's document comes from its first column, its query comes from the second.
        var (queries, documents) = (new float[pairs.First.Length], new float[pairs.First.Length]);
        for (var row = 0; row < pairs.Count; row++)
        {
            var place = row * pairs.Dimension;
            (modalities[row] == 0 ? pairs.GetFirst(row) : pairs.GetSecond(row)).CopyTo(documents.AsSpan(place));
            (modalities[row] == 0 ? pairs.GetSecond(row) : pairs.GetFirst(row)).CopyTo(queries.AsSpan(place));
        }

        string[] names = [firstName, secondName];
        var rows = CorrectedRows.Create(options.Correction, names, queries, Array.ConvertAll(modalities, modality => 1 - modality), documents, modalities, pairs.Dimension);
        return MixedRetrieval.Evaluate(
            rows.Queries,
            rows.Documents,
            rows.Dimension,
            modalities,
            names,
            RelevanceLists.ByRow(pairs.Count),
            options.Cutoff,
            ranked => new RetrievalMetrics(ranked, pairs.Count, options, "partner", $"{firstName}+{secondName}", "by row")
            {
                SkippedQueryCount = pairs.SkippedCount,
                SkippedDocumentCount = pairs.SkippedCount,
            });
    }
}
