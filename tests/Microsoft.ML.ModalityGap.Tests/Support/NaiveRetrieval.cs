namespace Microsoft.ML.ModalityGap.Tests;

/// <summary>The oracle for retrieval: sorts whole rankings and takes each measure by its definition.</summary>
internal sealed class NaiveRetrieval
{
    private readonly List<(int[] Ranking, Dictionary<int, float> Grades)> _queries = [];

    /// <param name="queries">Rows.</param>
    /// <param name="gallery">Rows.</param>
    /// <param name="dimension">Of both.</param>
    /// <param name="relevant">Pairs with their grades.</param>
    public NaiveRetrieval(float[] queries, float[] gallery, int dimension, IEnumerable<(int Query, int Document, float Grade)> relevant)
    {
        var grades = relevant.Where(entry => entry.Grade > 0).ToLookup(entry => entry.Query);
        var documents = gallery.Chunk(dimension).ToArray();
        foreach (var (row, query) in queries.Chunk(dimension).Select((row, query) => (row, query)))
        {
            var scores = Array.ConvertAll(documents, document => row.Zip(document).Sum(pair => (double)pair.First * pair.Second));
            var ranking = Enumerable.Range(0, documents.Length).OrderByDescending(document => scores[document]).ThenBy(document => document).ToArray();
            _queries.Add((ranking, grades[query].ToDictionary(entry => entry.Document, entry => entry.Grade)));
        }
    }

    public IReadOnlyList<int> Ranking(int query) => _queries[query].Ranking;

    public bool HasRelevant(int query) => _queries[query].Grades.Count > 0;

    public bool IsRelevant(int query, int document) => _queries[query].Grades.ContainsKey(document);

    public int[] Ranks(int query) => [.. _queries[query].Grades.Keys.Select(document => Array.IndexOf(_queries[query].Ranking, document) + 1).Order()];

    public double Recall(int query, int k) => First(query, k).Any(document => IsRelevant(query, document)) ? 1 : 0;

    public double TextbookRecall(int query, int k) => (double)First(query, k).Count(document => IsRelevant(query, document)) / _queries[query].Grades.Count;

    public double Precision(int query, int k) => (double)First(query, k).Count(document => IsRelevant(query, document)) / k;

    public double ReciprocalRank(int query) => 1.0 / Ranks(query)[0];

    public double AveragePrecision(int query) => Ranks(query).Average(rank => Precision(query, rank));

    public double Ndcg(int query, int k, Func<double, double> gain)
    {
        static double Discounted(IEnumerable<double> gains) => gains.Select((value, i) => value / (Math.Log(i + 2) / Math.Log(2))).Sum();
        return Discounted(First(query, k).Select(document => gain(_queries[query].Grades.GetValueOrDefault(document))))
            / Discounted(_queries[query].Grades.Values.Select(grade => gain(grade)).OrderDescending().Take(k));
    }

    private IEnumerable<int> First(int query, int k) => _queries[query].Ranking.Take(k);
}
