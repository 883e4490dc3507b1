using System.Globalization;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.ModalityGap.Benchmarks;

/// <summary>
/// Biases of gallery rows and measures of embeddings that are no defaults, on halves of pairs that the maps were not fitted on. Prints the tables of docs/methods.md, "What helped, and what did not".
/// </summary>
internal static class FurtherAblation
{
    private const int Splits = 12;
    private const double Shrinkage = 0.9;

    private static readonly string[] s_maps = ["raw", "center", "standardize", "whiten 0.95", "align 0.9", "whiten 0.95 + align 0.9"];

    // By the cosines of gallery rows with the bank of queries, and of the bank of gallery rows with it.
    private static readonly (string Name, Func<Cosines, Cosines, float[]> Compute)[] s_biases =
    [
        ("nothing", (rows, _) => new float[rows.Rows]),
        ("inverted softmax, β = 10", (rows, _) => Reduce(rows, HubnessCorrection.InvertedSoftmax())),
        ("inverted softmax, β = 20", (rows, _) => Reduce(rows, HubnessCorrection.InvertedSoftmax(20))),
        ("CSLS, k = 5", (rows, _) => Reduce(rows, HubnessCorrection.LocalScaling(5))),
        ("NNN, k = 16, α = 0.25", (rows, _) => Reduce(rows, HubnessCorrection.LocalScaling(16) with { Strength = 0.5 })),
        ("NNN, k = 16, α = 0.5", (rows, _) => Reduce(rows, HubnessCorrection.LocalScaling(16))),
        ("NNN, k = 16, α = 0.75", (rows, _) => Reduce(rows, HubnessCorrection.LocalScaling(16) with { Strength = 1.5 })),
        ("NNN, k = 128, α = 0.75", (rows, _) => Reduce(rows, HubnessCorrection.LocalScaling(128) with { Strength = 1.5 })),
        ("bank Sinkhorn, β = 10", (rows, bank) => Sinkhorn(rows, bank, 10)),
        ("bank Sinkhorn, β = 20", (rows, bank) => Sinkhorn(rows, bank, 20)),
        ("conformity to the queries, all of it", (rows, _) => Conformity(rows, 1)),
        ("conformity to the queries, half", (rows, _) => Conformity(rows, 0.5f)),
    ];

    /// <param name="files">Files of shape (2, N, D).</param>
    public static int Run(IReadOnlyCollection<string> files)
    {
        var context = new MLContext(seed: 1);
        foreach (var file in files)
        {
            var host = ((IHostEnvironment)context).Register(nameof(FurtherAblation));
            var pairs = EmbeddingPairs.Load(host, context.ModalityGap().LoadFromNpy(file, "Image", "Text"), "Image", "Text", UnusableRows.Throw);
            Print(host, Path.GetFileName(file), PairSet.OfPairs(pairs.First, pairs.Second, pairs.Dimension));
        }

        return 0;
    }

    private static void Print(IHost host, string name, PairSet set)
    {
        var recalls = s_biases.Select(_ => new double[Splits]).ToArray();
        var maps = s_maps.Select(_ => new double[3][] { new double[Splits], new double[Splits], new double[Splits] }).ToArray();
        var areas = new double[2][] { new double[Splits], new double[Splits] };
        for (var split = 0; split < Splits; split++)
        {
            var order = Enumerable.Range(0, set.ItemCount).ToArray();
            new Random(split).Shuffle(order);
            var (fitted, held) = (order[..(order.Length / 2)], order[(order.Length / 2)..]);
            var part = new FittedPart(host, ModalityColumns.PerColumn("Image", "Text"), set, fitted, set.Take(held), order.Length, new FitBuffers());
            var candidates = SelectionCandidates.Create(host, fitted.Length, set.Dimension);
            for (var i = 0; i < s_maps.Length; i++)
            {
                var (mapped, bank, _) = part.Map(candidates.First(candidate => candidate.Name == s_maps[i]), needsBank: true);
                (maps[i][0][split], maps[i][1][split]) = MeasureGaps(mapped);
                var hits = Hits(mapped, [new float[mapped.Count(0)], new float[mapped.Count(1)]]);
                maps[i][2][split] = hits.Average(side => side.Average(hit => hit ? 1.0 : 0));
                if (i < s_maps.Length - 1)
                    continue;
                for (var j = 0; j < s_biases.Length; j++)
                {
                    float[][] biases = [.. Enumerable.Range(0, 2).Select(gallery => s_biases[j].Compute(
                        new Cosines(mapped.GetRows(gallery), bank!.GetRows(1 - gallery), mapped.Dimension), new Cosines(bank.GetRows(gallery), bank.GetRows(1 - gallery), mapped.Dimension)))];
                    recalls[j][split] = Hits(mapped, biases).Average(side => side.Average(hit => hit ? 1.0 : 0));
                }

                // Whether rows that are held to be odd are those whose partner is not found.
                var (raw, known) = (set.Take(held), set.Take(fitted));
                areas[0][split] = Enumerable.Range(0, 2).Average(side => Area(LogLikelihoods(raw.GetRows(side), known.GetRows(side), set.Dimension), hits[side]));
                areas[1][split] = Enumerable.Range(0, 2).Average(side => Area(Conformities(raw.GetRows(side), known.GetRows(side), set.Dimension), hits[side]));
            }
        }

        static string Format(double[] values, string format) =>
            string.Create(CultureInfo.InvariantCulture, $"{values.Average().ToString(format, CultureInfo.InvariantCulture)} ± {Math.Sqrt(values.Sum(value => Math.Pow(value - values.Average(), 2)) / (Splits - 1) / Splits):F4}");
        Console.WriteLine($"{name}: {set.ItemCount} pairs, fitted on one half, measured on the other, {Splits} splits\n");
        Console.WriteLine("| behind whiten 0.95 + align 0.9, taken from rows | mean recall@1 | against nothing |\n| --- | --- | --- |");
        for (var j = 0; j < s_biases.Length; j++)
            Console.WriteLine($"| {s_biases[j].Name} | {Format(recalls[j], "F3")} | {Format([.. recalls[j].Zip(recalls[0], (a, b) => a - b)], "+0.0000;−0.0000;0")} |");
        Console.WriteLine("\n| maps | gap of the means | distribution gap | mean recall@1 |\n| --- | --- | --- | --- |");
        for (var i = 0; i < s_maps.Length; i++)
            Console.WriteLine($"| {s_maps[i]} | {Format(maps[i][0], "F3")} | {Format(maps[i][1], "F3")} | {Format(maps[i][2], "F3")} |");
        Console.WriteLine($"\nTells queries whose partner comes first from others, by the area under the curve: whitened log-likelihood {Format(areas[0], "F3")}, conformity {Format(areas[1], "F3")}\n");
    }

    /// <summary>Per side, whether a query's partner comes first.</summary>
    private static bool[][] Hits(PairSet mapped, float[][] biases) => [.. Enumerable.Range(0, 2).Select(query =>
    {
        var cosines = new Cosines(mapped.GetRows(query), mapped.GetRows(1 - query), mapped.Dimension);
        return Enumerable.Range(0, cosines.Rows).Select(row =>
        {
            var scores = cosines.GetRow(row).ToArray().Zip(biases[1 - query], (cosine, bias) => cosine - bias).ToArray();
            return Array.IndexOf(scores, scores.Max()) == row;
        }).ToArray();
    })];

    /// <summary>The distance of the means, and the root mean square distance of partners once both means are taken away.</summary>
    private static (double Means, double Distribution) MeasureGaps(PairSet mapped)
    {
        var (d, count) = (mapped.Dimension, mapped.Count(0));
        double means = 0, total = 0;
        for (var i = 0; i < d; i++)
        {
            var differences = Enumerable.Range(0, count).Select(row => (double)mapped.GetRows(0)[row * d + i] - mapped.GetRows(1)[row * d + i]).ToArray();
            var mean = differences.Average();
            means += mean * mean;
            total += differences.Average(value => (value - mean) * (value - mean));
        }

        return (Math.Sqrt(means), Math.Sqrt(total));
    }

    private static float[] Reduce(Cosines rows, HubnessCorrection hubness)
    {
        var bias = new BankBias(hubness, new float[rows.Columns], 1); // the bank's values are not asked for
        return [.. Enumerable.Range(0, rows.Rows).Select(row => bias.Reduce(rows.GetRow(row).ToArray()))];
    }

    /// <summary>An inverted softmax whose queries count by their own share in a Sinkhorn plan between both banks: what of DBSN a row can be stored with.</summary>
    private static float[] Sinkhorn(Cosines rows, Cosines bank, double beta)
    {
        const int Steps = 20;
        var (queries, gallery) = (new double[bank.Columns], new double[bank.Rows]);
        for (var step = 0; step < Steps; step++)
        {
            for (var row = 0; row < gallery.Length; row++)
                gallery[row] = -LogMeanExp(Enumerable.Range(0, queries.Length).Select(i => beta * bank.GetRow(row)[i] + queries[i]));
            for (var i = 0; i < queries.Length; i++)
                queries[i] = -LogMeanExp(Enumerable.Range(0, gallery.Length).Select(row => beta * bank.GetRow(row)[i] + gallery[row]));
        }

        return [.. Enumerable.Range(0, rows.Rows).Select(row => (float)(LogMeanExp(Enumerable.Range(0, queries.Length).Select(i => beta * rows.GetRow(row)[i] + queries[i])) / beta))];
    }

    private static double LogMeanExp(IEnumerable<double> values)
    {
        var all = values.ToArray();
        var largest = all.Max();
        return largest + Math.Log(all.Average(value => Math.Exp(value - largest)));
    }

    private static float[] Conformity(Cosines rows, float strength) => [.. Enumerable.Range(0, rows.Rows).Select(row => strength * rows.GetRow(row).ToArray().Average())];

    /// <summary>−½‖W(x̂ − μ)‖², W by the covariance of rows known before, drawn in by <see cref="Shrinkage"/>.</summary>
    private static double[] LogLikelihoods(float[] rows, float[] known, int dimension)
    {
        var statistics = ModalityStatistics.FromRows(known, dimension, new ModalityStatisticsOptions { Moments = ModalityMoments.Mean });
        var spectrum = SymmetricSpectrum.OfRows(known, statistics.Mean);
        double Inverse(double value) => 1 / ((1 - Shrinkage) * value + Shrinkage * spectrum.MeanValue);
        return [.. rows.Chunk(dimension).Select(row =>
        {
            double[] centered = [.. row.Select((value, i) => value - statistics.Mean[i])];
            return -(spectrum.QuadraticForm(centered, value => Inverse(value) - Inverse(0)) + Inverse(0) * centered.Sum(value => value * value)) / 2;
        })];
    }

    /// <summary>The mean cosine with rows of the same modality.</summary>
    private static double[] Conformities(float[] rows, float[] known, int dimension)
    {
        var cosines = new Cosines(rows, known, dimension);
        return [.. Enumerable.Range(0, cosines.Rows).Select(row => (double)cosines.GetRow(row).ToArray().Average())];
    }

    /// <summary>How often a hit has the larger value than a miss.</summary>
    private static double Area(double[] values, bool[] hits)
    {
        double[] found = [.. values.Where((_, i) => hits[i])], missed = [.. values.Where((_, i) => !hits[i])];
        return found.Sum(a => missed.Sum(b => a > b ? 1 : a == b ? 0.5 : 0.0)) / ((double)found.Length * missed.Length);
    }

    private sealed class Cosines(float[] rows, float[] columns, int dimension)
    {
        private readonly float[] _values = CorrectionFit.Multiply(rows, columns, dimension);

        public int Rows { get; } = rows.Length / dimension;

        public int Columns { get; } = columns.Length / dimension;

        public ReadOnlySpan<float> GetRow(int row) => _values.AsSpan(row * Columns, Columns);
    }
}
