using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.ModalityGap;

/// <summary>Compares a model's distributions over classes with people's, row by row.</summary>
internal sealed class HumanDisagreementEvaluator
{
    private readonly HumanDisagreementOptions _options;
    private readonly Random _random;
    private readonly List<double> _humanEntropies = [];
    private readonly List<double> _modelEntropies = [];
    private double _kullbackLeibler;
    private double _divergence;
    private double _distance;
    private double _totalVariation;
    private double _inPlace;
    private int _agreed;
    private int _asBefore;

    private HumanDisagreementEvaluator(HumanDisagreementOptions options) => (_options, _random) = (options, new Random(options.Seed));

    internal static HumanDisagreementMetrics Evaluate(IHost host, IDataView data, string scoreName, string humanName, HumanDisagreementOptions options)
    {
        var score = NumberColumn.Find(host, data.Schema, "score", scoreName, isVector: true);
        var human = HumanVotes.Find(host, data.Schema, humanName);
        var classCount = ((VectorDataViewType)score.Type).Size;
        if (classCount < 2)
            throw host.ExceptSchemaMismatch(nameof(data), "score", scoreName, "a vector with a slot for each of two or more classes", score.Type.ToString());

        var oldLabel = options.OldLabelColumnName is { } name ? ClassLabelReader.Find(host, data.Schema, name) : (DataViewSchema.Column?)null;
        var evaluator = new HumanDisagreementEvaluator(options);
        var (h, m) = (new double[classCount], new double[classCount]);
        long skipped = 0;
        using (var cursor = data.GetRowCursor(oldLabel is { } used ? [score, human, used] : [score, human]))
        {
            var readScores = NumberColumn.CreateReader(cursor, score);
            var votes = HumanVotes.Create(cursor, human, NumberColumn.FindSlotNames(score), classCount);
            var readOldLabel = oldLabel is { } column ? ClassLabelReader.Create(cursor, column, NumberColumn.FindSlotNames(score), classCount) : null;
            while (cursor.MoveNext())
            {
                var scores = readScores.Read();
                var (source, defect) = (scoreName, ClassDistribution.Fill(scores, options.ScoreKind, options.LogitScale, m));
                if (defect is null)
                    (source, defect) = (humanName, ClassDistribution.Fill(votes.Read(), ScoreKind.Counts, 1, h));
                var label = readOldLabel?.Invoke();
                if (defect is null && label < 0)
                    (source, defect) = (options.OldLabelColumnName!, "no class");
                if (defect is null)
                    evaluator.Add(h, m, label, RowNumbers.Get(cursor));
                else if (options.UnusableRows == UnusableRows.Skip)
                    skipped++;
                else
                    throw UnusableScores.Create(cursor, source, defect);
            }
        }

        return evaluator._humanEntropies.Count > 0
            ? evaluator.GetMetrics(skipped)
            : throw UnusableScores.CreateEmpty(scoreName, humanName, skipped);
    }

    private void Add(double[] h, double[] m, int? oldLabel, long row)
    {
        if (_options.MonteCarloSamples > 0)
            Resample(m);
        double divergence = 0, variation = 0;
        for (var c = 0; c < h.Length; c++)
        {
            var mean = (h[c] + m[c]) / 2;
            divergence += (Relative(h[c], mean) + Relative(m[c], mean)) / 2;
            variation += Math.Abs(h[c] - m[c]) / 2;
        }

        // Rounding may leave a hair below zero.
        divergence = Math.Max(divergence, 0);
        _kullbackLeibler += Math.Max(GetKullbackLeibler(h, m, row), 0);
        _divergence += divergence;
        _distance += Math.Sqrt(divergence);
        _totalVariation += variation;
        _humanEntropies.Add(ClassDistribution.Entropy(h));
        _modelEntropies.Add(ClassDistribution.Entropy(m));
        _inPlace += GetShareInPlace(h, m);
        var predicted = Array.IndexOf(m, m.Max());
        _agreed += Array.IndexOf(h, h.Max()) == predicted ? 1 : 0;
        _asBefore += oldLabel == predicted ? 1 : 0;
    }

    private double GetKullbackLeibler(double[] h, double[] m, long row)
    {
        var replaces = _options.ZeroHandling == ZeroProbabilityHandling.ReplaceZeros;
        var isInfinite = h.Zip(m).Any(pair => pair.First > 0 && pair.Second == 0);
        if (isInfinite && _options.Smoothing == 0)
        {
            throw new InvalidDataException(
                $"Row {row}: people chose class {Enumerable.Range(0, h.Length).First(c => h[c] > 0 && m[c] == 0)}, to which the model gives nothing, so that the Kullback–Leibler divergence is infinite. "
                + $"Set {nameof(HumanDisagreementOptions.Smoothing)} above 0.");
        }

        double Smooth(double share) => !replaces ? share + _options.Smoothing : isInfinite && share == 0 ? _options.Smoothing : share;
        var sum = m.Sum(Smooth);
        return h.Zip(m).Sum(pair => Relative(pair.First, Smooth(pair.Second) / sum));
    }

    /// <summary>The share of places that hold the same class when both are sorted; of equal ones the first class stands first.</summary>
    private static double GetShareInPlace(double[] h, double[] m)
    {
        var places = Enumerable.Range(0, h.Length);
        return (double)places.OrderBy(c => h[c]).Zip(places.OrderBy(c => m[c])).Count(pair => pair.First == pair.Second) / h.Length;
    }

    private HumanDisagreementMetrics GetMetrics(long skipped)
    {
        var (human, model) = (_humanEntropies.ToArray(), _modelEntropies.ToArray());
        return new HumanDisagreementMetrics
        {
            Count = human.Length,
            SkippedCount = skipped,
            KullbackLeibler = _kullbackLeibler / human.Length,
            JensenShannonDivergence = _divergence / human.Length,
            JensenShannonDistance = _distance / human.Length,
            TotalVariation = _totalVariation / human.Length,
            EntropyCorrelation = NullIfNaN(RankCorrelation.Pearson(human, model)),
            EntropyRankCorrelation = NullIfNaN(RankCorrelation.Spearman(human, model)),
            HumanEntropy = human.Average(),
            ModelEntropy = model.Average(),
            EntropyCalibrationError = model.Average() - human.Average(),
            RankCalibrationScore = _inPlace / human.Length,
            MajorityAccuracy = (double)_agreed / human.Length,
            OldLabelAccuracy = _options.OldLabelColumnName is null ? null : (double)_asBefore / human.Length,
        };
    }

    /// <summary>Draws labels, and puts their shares in the place of the probabilities.</summary>
    private void Resample(double[] distribution)
    {
        var counts = new int[distribution.Length];
        for (var i = 0; i < _options.MonteCarloSamples; i++)
        {
            var rest = _random.NextDouble();
            var c = 0;
            while (c + 1 < distribution.Length && (rest -= distribution[c]) >= 0)
                c++;

            // A draw at the very end, past the rounding of the sum, must not fall on a class that cannot be drawn.
            while (c > 0 && distribution[c] == 0)
                c--;
            counts[c]++;
        }

        for (var c = 0; c < counts.Length; c++)
            distribution[c] = (double)counts[c] / _options.MonteCarloSamples;
    }

    private static double Relative(double p, double q) => p > 0 ? p * Math.Log(p / q) : 0;

    private static double? NullIfNaN(double value) => double.IsNaN(value) ? null : value;
}
