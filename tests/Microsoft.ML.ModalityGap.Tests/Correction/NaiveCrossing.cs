using Microsoft.ML.Data;
using Microsoft.ML.ModalityGap.Tests.Retrieval;

namespace Microsoft.ML.ModalityGap.Tests.Correction;

/// <summary>
/// The oracle of what corrections are measured on: pairs in quarters, each two of them behind maps and with banks of the other two, every formula in doubles over plain loops. Partners are not left out.
/// </summary>
internal sealed class NaiveCrossing
{
    private readonly List<(int[] Held, double[][][] Rows, NaiveCorrection Bank)> _halves = [];
    private readonly int _count;

    private NaiveCrossing(int count) => _count = count;

    public static NaiveCrossing Create(MLContext context, IDataView data, string[] names, SimilarityCorrectionOptions options, Func<IDataView, EmbeddingMapTransformer> fit)
    {
        var rows = names.Select(name => data.GetColumn<float[]>(name).ToArray()).ToArray();
        var order = Enumerable.Range(0, rows[0].Length).ToArray();
        var result = new NaiveCrossing(order.Length);
        new Random(options.Seed).Shuffle(order);
        for (var first = 0; first < 4; first++)
        {
            for (var second = first + 1; second < 4; second++)
            {
                var held = order.Where((_, i) => i % 4 == first || i % 4 == second).Order().ToArray();
                var fitted = order.Except(held).Order().ToArray();
                var maps = fit(ToView(context, names, rows, fitted));
                double[][] Map(int[] numbers, int i) => [.. numbers.Select(number => NaiveMoments.Normalize([.. maps.GetModality(names[i]).Map.Apply(rows[i][number]).Select(value => (double)value)]))];
                var banks = names.Select((_, i) => Map(fitted, i).SelectMany(row => row.Select(value => (float)value)).ToArray()).ToArray();
                result._halves.Add((held, [.. names.Select((_, i) => Map(held, i))], new NaiveCorrection(options with { Standardization = null }, banks[0].Length / fitted.Length, banks)));
            }
        }

        return result;
    }

    /// <summary>Mean and deviation of each query's best, partners and all, but what is nearly the same: over all halves the mean, and the mean of each one's variance.</summary>
    public (double Mean, double Deviation) Moments(int query, int gallery)
    {
        double count = 0, sum = 0, squares = 0;
        foreach (var (_, rows, bank) in _halves)
        {
            var biases = rows[gallery].Select(row => bank.Bias(query, row, leftOut: -1)).ToArray();
            double Score(double[] asked, int j) => NaiveSearch.Dot(asked, rows[gallery][j]) is var similarity && similarity > 0.9999 ? double.MinValue : similarity - biases[j];
            var best = rows[query].Select(asked => Enumerable.Range(0, biases.Length).Max(j => Score(asked, j))).ToArray();
            var mean = best.Average();
            (count, sum, squares) = (count + best.Length, sum + best.Sum(), squares + best.Sum(value => (value - mean) * (value - mean)));
        }

        return (sum / count, Math.Sqrt(squares / count));
    }

    /// <summary>Scores of best rows that are matches and that are not: the match in each half that holds the query, its best stranger in all of them.</summary>
    public (List<double> Matches, List<double> Strangers) Samples(int query, int gallery)
    {
        var (mean, deviation) = Moments(query, gallery);
        var strangers = Enumerable.Repeat(double.MinValue, _count).ToArray();
        var partners = new List<(int Number, double Score)>();
        foreach (var (held, rows, bank) in _halves)
        {
            for (var i = 0; i < held.Length; i++)
            {
                for (var j = 0; j < held.Length; j++)
                {
                    if (NaiveSearch.Dot(rows[query][i], rows[gallery][j]) > 0.9999)
                        continue;
                    var score = (NaiveSearch.Dot(rows[query][i], rows[gallery][j]) - bank.Bias(query, rows[gallery][j], leftOut: -1) - mean) / deviation;
                    if (i == j)
                        partners.Add((held[i], score));
                    else
                        strangers[held[i]] = Math.Max(strangers[held[i]], score);
                }
            }
        }

        var matches = partners.Where(partner => partner.Score > strangers[partner.Number]).Select(partner => partner.Score).ToList();
        var others = partners.SelectMany(partner => Enumerable.Repeat(strangers[partner.Number], partner.Score > strangers[partner.Number] ? 1 : 2)).ToList();
        return (matches, others);
    }

    /// <summary>Of Platt's targets.</summary>
    public static double LogLikelihood(MatchCalibration calibration, List<double> matches, List<double> strangers)
    {
        var (high, low) = ((matches.Count + 1.0) / (matches.Count + 2.0), 1 / (strangers.Count + 2.0));
        double Of(double score, double target) => target * Math.Log(calibration.GetProbability(score)) + (1 - target) * Math.Log(1 - calibration.GetProbability(score));
        return matches.Sum(score => Of(score, high)) + strangers.Sum(score => Of(score, low));
    }

    private static IDataView ToView(MLContext context, string[] names, float[][][] rows, int[] chosen)
    {
        var builder = new ArrayDataViewBuilder(context);
        for (var i = 0; i < names.Length; i++)
            builder.AddColumn(names[i], NumberDataViewType.Single, [.. chosen.Select(row => new VBuffer<float>(rows[i][row].Length, rows[i][row]))]);
        return builder.GetDataView();
    }
}
