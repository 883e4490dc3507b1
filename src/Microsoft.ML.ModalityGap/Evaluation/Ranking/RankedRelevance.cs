namespace Microsoft.ML.ModalityGap;

/// <summary>Per query the ranks of its relevant documents, best first, with their grades: all that the measures of retrieval need.</summary>
internal sealed class RankedRelevance(int[] starts, int[] ranks, int[] documents, float[] grades)
{
    internal int QueryCount => starts.Length - 1;

    internal int Count => ranks.Length;

    /// <summary>Where a query's list begins among those of all queries.</summary>
    internal int GetStart(int query) => starts[query];

    /// <summary>The ranks of a query's relevant documents, ascending, from 1.</summary>
    internal ReadOnlySpan<int> GetRanks(int query) => ranks.AsSpan(starts[query], starts[query + 1] - starts[query]);

    /// <summary>The grades of the same documents.</summary>
    internal ReadOnlySpan<float> GetGrades(int query) => grades.AsSpan(starts[query], starts[query + 1] - starts[query]);

    /// <summary>The same documents by their position in the gallery.</summary>
    internal ReadOnlySpan<int> GetDocuments(int query) => documents.AsSpan(starts[query], starts[query + 1] - starts[query]);
}
