using Microsoft.ML.Runtime;

namespace Microsoft.ML.ModalityGap;

/// <summary>Compares a caption metric with what people say.</summary>
internal static class CaptionMetricEvaluator
{
    internal static CaptionMetricCorrelation Correlate(IHost host, IDataView data, string scoreName, string ratingName, CaptionRatings counting)
    {
        var score = NumberColumn.Find(host, data.Schema, "score", scoreName, isVector: false);
        var rating = NumberColumn.Find(host, data.Schema, "rating", ratingName, isVector: null);
        var (scores, ratings) = (new List<double>(), new List<double>());
        using (var cursor = data.GetRowCursor([score, rating]))
        {
            var (readScore, readRatings) = (NumberColumn.CreateReader(cursor, score), NumberColumn.CreateReader(cursor, rating));
            while (cursor.MoveNext())
            {
                var value = Check(cursor, scoreName, readScore.Read()[0]);
                var first = ratings.Count;
                foreach (var mark in readRatings.Read())
                {
                    scores.Add(value);
                    ratings.Add(Check(cursor, ratingName, mark));
                }

                if (counting == CaptionRatings.Mean && ratings.Count - first > 1)
                {
                    ratings[first] = ratings.Skip(first).Average();
                    scores.RemoveRange(first + 1, scores.Count - first - 1);
                    ratings.RemoveRange(first + 1, ratings.Count - first - 1);
                }
            }
        }

        if (scores.Count < 2)
            throw new InvalidDataException($"'{scoreName}' and '{ratingName}' have {scores.Count} {(scores.Count == 1 ? "pair" : "pairs")} of a score and a rating; a correlation needs at least 2.");
        var (x, y) = (scores.ToArray(), ratings.ToArray());
        foreach (var (name, values) in new[] { (scoreName, x), (ratingName, y) })
        {
            if (Array.TrueForAll(values, value => value == values[0]))
                throw new InvalidDataException($"Every row has the value {values[0]} in '{name}'; what does not vary goes with nothing.");
        }

        var pairs = RankCorrelation.CountPairs(x, y);
        return new CaptionMetricCorrelation
        {
            Count = x.Length,
            KendallTauB = pairs.TauB,
            KendallTauC = pairs.TauC,
            Spearman = RankCorrelation.Spearman(x, y),
            Pearson = RankCorrelation.Pearson(x, y),
        };
    }

    internal static PairwiseAccuracies Compare(IHost host, IDataView data, string firstName, string secondName, string preferenceName, string? categoryName)
    {
        var first = NumberColumn.Find(host, data.Schema, "score", firstName, isVector: false);
        var second = NumberColumn.Find(host, data.Schema, "score", secondName, isVector: false);
        var preference = NumberColumn.Find(host, data.Schema, "preference", preferenceName, isVector: false);
        DataViewSchema.Column? category = categoryName is null ? null : EmbeddingColumns.FindModality(host, data.Schema, categoryName);
        var tallies = new Dictionary<string, Tally>(StringComparer.Ordinal);
        var all = new Tally();
        using (var cursor = data.GetRowCursor([first, second, preference, .. category is { } needed ? [needed] : Array.Empty<DataViewSchema.Column>()]))
        {
            var readers = new[] { first, second, preference }.Select(column => NumberColumn.CreateReader(cursor, column)).ToArray();
            var readCategory = category is { } column ? ModalityReader.Create(cursor, column) : null;
            while (cursor.MoveNext())
            {
                var (a, b) = (Check(cursor, firstName, readers[0].Read()[0]), Check(cursor, secondName, readers[1].Read()[0]));
                var preferred = Check(cursor, preferenceName, readers[2].Read()[0]);
                if (preferred == 0)
                {
                    throw new InvalidDataException(
                        $"Column '{preferenceName}', row {RowNumbers.Get(cursor)}, prefers neither: give the sign of (votes for the first − votes for the second), and leave draws out.");
                }

                var order = a.CompareTo(b) * Math.Sign(preferred);
                all.Add(order);
                if (readCategory is not null)
                {
                    var key = readCategory.Read().ToString();
                    if (!tallies.TryGetValue(key, out var tally))
                        tallies[key] = tally = new Tally();
                    tally.Add(order);
                }
            }
        }

        return all.Count == 0
            ? throw new InvalidDataException($"'{firstName}' and '{secondName}' have no rows to compare.")
            : new PairwiseAccuracies(all.ToAccuracy(""), [.. tallies.OrderBy(entry => entry.Key, StringComparer.Ordinal).Select(entry => entry.Value.ToAccuracy(entry.Key))]);
    }

    private static double Check(DataViewRow row, string column, double value) => double.IsFinite(value)
        ? value
        : throw new InvalidDataException($"Column '{column}', row {RowNumbers.Get(row)}, holds {value}. Leave rows without a score or a rating out.");

    private sealed class Tally
    {
        private int _right;
        private int _ties;

        internal int Count { get; private set; }

        internal void Add(int order)
        {
            Count++;
            _right += order > 0 ? 1 : 0;
            _ties += order == 0 ? 1 : 0;
        }

        internal PairwiseAccuracy ToAccuracy(string category) => new(category, Count, (_right + 0.5 * _ties) / Count, _ties);
    }
}
