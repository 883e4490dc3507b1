namespace Microsoft.ML.ModalityGap;

/// <summary>Retrieval from a two-sided mixed gallery (<see cref="TwoSidedDraw"/>) of rows in memory.</summary>
internal static class TwoSidedRetrieval
{
    /// <summary>Which modality asks: the one with more rows; the second of equally many.</summary>
    internal static int ChooseAsking(int firstCount, int secondCount) => firstCount > secondCount ? 0 : 1;

    internal static MixedRetrievalMetrics Evaluate(ItemRows rows, MixedRetrievalEvaluationOptions options)
    {
        var side = ChooseAsking(rows.First.Count, rows.Second.Count);
        var (asking, other) = side == 0 ? (rows.First, rows.Second) : (rows.Second, rows.First);
        var askingName = side == 0 ? rows.FirstName : rows.SecondName;
        var (askingIds, otherIds) = (IdIndex.Create(asking.Ids!), IdIndex.Create(other.Ids!));
        string[] ids = [.. asking.Ids!.Distinct(StringComparer.Ordinal).Where(id => askingIds.ContainsKey(id) && otherIds.ContainsKey(id))];
        int[][] askingRows = [.. ids.Select(id => askingIds[id].ToArray())];
        if (!TwoSidedDraw.IsPossible(askingRows))
        {
            throw new InvalidDataException(
                $"A two-sided mixed gallery takes items with several rows of '{askingName}': one to ask with and another to show. None of {ids.Length} has more than one; measure pairs by EvaluateMixedRetrieval instead.");
        }

        var draw = TwoSidedDraw.Create(askingRows, [.. ids.Select(id => otherIds[id].ToArray())], options.Seed);
        var d = asking.Dimension;
        var (queries, documents) = (new float[ids.Length * d], new float[ids.Length * d]);
        for (var i = 0; i < ids.Length; i++)
        {
            asking.Values.AsSpan(draw.Queries[i] * d, d).CopyTo(queries.AsSpan(i * d));
            (draw.IsShownAsOther[i] ? other : asking).Values.AsSpan(draw.Shown[i] * d, d).CopyTo(documents.AsSpan(i * d));
        }

        string[] names = [rows.FirstName, rows.SecondName];
        var modalities = Array.ConvertAll(draw.IsShownAsOther, isOther => isOther ? 1 - side : side);
        var scored = CorrectedRows.Create(options.Correction, names, queries, [.. Enumerable.Repeat(side, ids.Length)], documents, modalities, d);
        return MixedRetrieval.Evaluate(
            scored.Queries,
            scored.Documents,
            scored.Dimension,
            modalities,
            names,
            RelevanceLists.ByRow(ids.Length),
            options.Cutoff,
            ranked => new RetrievalMetrics(ranked, ids.Length, options, askingName, $"{rows.FirstName}+{rows.SecondName}", "by id, two-sided")
            {
                SkippedQueryCount = asking.SkippedCount,
                SkippedDocumentCount = rows.SkippedCount,
            });
    }
}
