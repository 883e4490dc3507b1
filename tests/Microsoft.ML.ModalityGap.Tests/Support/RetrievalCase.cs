namespace Microsoft.ML.ModalityGap.Tests;

/// <summary>
/// Made-up queries, documents and relevance. The rows hold small whole numbers, so that dot products are exact and many of them tie.
/// </summary>
internal sealed class RetrievalCase
{
    public RetrievalCase(int queries, int documents, int dimension, int mostRelevant, int seed)
    {
        var random = new Random(seed);
        Dimension = dimension;
        Queries = [.. Enumerable.Range(0, queries * dimension).Select(_ => (float)random.Next(-2, 3))];
        Gallery = [.. Enumerable.Range(0, documents * dimension).Select(_ => (float)random.Next(-2, 3))];
        Relevant =
        [
            .. from query in Enumerable.Range(0, queries)
               from document in Enumerable.Range(0, documents).OrderBy(_ => random.Next()).Take(random.Next(mostRelevant + 1))
               select (query, document, (float)random.Next(4)),
            (0, documents - 1, 2),
        ];
        Relevant = [.. Relevant.DistinctBy(entry => (entry.Query, entry.Document))];
        if (Relevant.All(entry => entry.Grade == 0))
            Relevant = [(0, documents - 1, 1)];
        Lists = RelevanceLists.FromEntries(Relevant, queries, documents);
        Naive = new NaiveRetrieval(Queries, Gallery, dimension, Relevant);
    }

    public int Dimension { get; }

    public float[] Queries { get; }

    public float[] Gallery { get; }

    public IReadOnlyList<(int Query, int Document, float Grade)> Relevant { get; }

    public RelevanceLists Lists { get; }

    public NaiveRetrieval Naive { get; }

    public int QueryCount => Lists.QueryCount;

    public int DocumentCount => Lists.DocumentCount;
}
