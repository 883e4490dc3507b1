using System.Globalization;
using System.Numerics.Tensors;
using MathNet.Numerics.LinearAlgebra;
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

    private static readonly (string Name, Func<Banks, float[]> Compute)[] s_biases =
    [
        ("nothing", banks => new float[banks.Rows.Rows]),
        ("inverted softmax, β = 10", banks => Reduce(banks.Rows, HubnessCorrection.InvertedSoftmax())),
        ("inverted softmax, β = 20", banks => Reduce(banks.Rows, HubnessCorrection.InvertedSoftmax(20))),
        ("CSLS, k = 5", banks => Reduce(banks.Rows, HubnessCorrection.LocalScaling(5))),
        ("NNN, k = 16, α = 0.25", banks => Reduce(banks.Rows, HubnessCorrection.LocalScaling(16) with { Strength = 0.5 })),
        ("NNN, k = 16, α = 0.5", banks => Reduce(banks.Rows, HubnessCorrection.LocalScaling(16))),
        ("NNN, k = 16, α = 0.75", banks => Reduce(banks.Rows, HubnessCorrection.LocalScaling(16) with { Strength = 1.5 })),
        ("NNN, k = 128, α = 0.75", banks => Reduce(banks.Rows, HubnessCorrection.LocalScaling(128) with { Strength = 1.5 })),
        ("bank Sinkhorn, β = 10", banks => Sinkhorn(banks.Rows, banks.Bank, 10)),
        ("bank Sinkhorn, β = 20", banks => Sinkhorn(banks.Rows, banks.Bank, 20)),
        ("DBSN, β = 10: the gallery in the plan, beside both banks", banks => DualBanks(banks, 10, plansQueries: false)),
        ("DBSN, β = 20", banks => DualBanks(banks, 20, plansQueries: false)),
        ("DBSN, β = 10, all queries in the plan, too", banks => DualBanks(banks, 10, plansQueries: true)),
        ("DBSN, β = 20, all queries in the plan, too", banks => DualBanks(banks, 20, plansQueries: true)),
        ("conformity to the queries, all of it", banks => Conformity(banks.Rows, 1)),
        ("conformity to the queries, half", banks => Conformity(banks.Rows, 0.5f)),
    ];

    // AnisoAlign's setting: so many planes of leading directions, how far a phase may be moved, and whether towards what a prior of the first modality's phases expects, not to their quantiles.
    private static readonly (int Blocks, double Bound, bool HasPrior)[] s_phases =
    [
        (0, 0, false), (4, 0.3, false), (16, 0.3, false), (64, 0.3, false), (4, Math.PI, false), (16, Math.PI, false), (64, Math.PI, false),
        (4, 0.1, true), (16, 0.1, true), (4, 0.3, true), (16, 0.3, true), (64, 0.3, true), (16, Math.PI, true),
    ];

    /// <param name="files">Files of shape (2, N, D).</param>
    public static int Run(IReadOnlyCollection<string> files) => AblationSplit.ForEach(files, Print);

    private static void Print(IHost host, string name, PairSet set)
    {
        var recalls = s_biases.Select(_ => new double[Splits]).ToArray();
        var maps = s_maps.Select(_ => new double[3][] { new double[Splits], new double[Splits], new double[Splits] }).ToArray();
        var areas = new double[2][] { new double[Splits], new double[Splits] };
        var phases = s_phases.Select(_ => new double[2][] { new double[Splits], new double[Splits] }).ToArray();
        var oddities = new SortedDictionary<string, List<double[]>>(StringComparer.Ordinal);
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
                Banks[] banks = [.. Enumerable.Range(0, 2).Select(gallery => new Banks(mapped, bank!, gallery))];
                for (var j = 0; j < s_biases.Length; j++)
                {
                    float[][] biases = [.. Enumerable.Range(0, 2).Select(gallery => s_biases[j].Compute(banks[gallery]))];
                    recalls[j][split] = Hits(mapped, biases).Average(side => side.Average(hit => hit ? 1.0 : 0));
                }

                // Whether rows that are held to be odd are those whose partner is not found.
                var (raw, known) = (set.Take(held), set.Take(fitted));
                areas[0][split] = Enumerable.Range(0, 2).Average(side => Area(CreateLogLikelihoods(known.GetRows(side), set.Dimension)(raw.GetRows(side)), hits[side]));
                areas[1][split] = Enumerable.Range(0, 2).Average(side => Area(Conformities(raw.GetRows(side), known.GetRows(side), set.Dimension), hits[side]));
                var spectrum = SymmetricSpectrum.OfRows(known.GetRows(0), ComputeMeans(known)[0]);
                for (var k = 0; k < s_phases.Length; k++)
                    (phases[k][0][split], phases[k][1][split]) = MatchPhases(raw, known, spectrum, s_phases[k]);
                Oddities.Add(oddities, raw, known, split);
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
        Console.WriteLine("\n| center, then phases and radii of both to those of the first | gap of the means | mean recall@1 |\n| --- | --- | --- |");
        for (var k = 0; k < s_phases.Length; k++)
            Console.WriteLine($"| {s_phases[k].Blocks} planes, by {s_phases[k].Bound.ToString(CultureInfo.InvariantCulture)} rad at most{(s_phases[k].HasPrior ? ", towards the prior" : "")} | {Format(phases[k][0], "F3")} | {Format(phases[k][1], "F3")} |");
        Console.WriteLine($"\n| odd inputs told from others: area under the curve | {string.Join(" | ", Oddities.Measures)} |\n| --- |{string.Concat(Oddities.Measures.Select(_ => " --- |"))}");
        foreach (var (kind, found) in oddities)
            Console.WriteLine($"| {kind} | {string.Join(" | ", Enumerable.Range(0, Oddities.Measures.Count).Select(i => found.Average(entry => entry[i]).ToString("F3", CultureInfo.InvariantCulture)))} |");
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
        static double[] Exponentials(ReadOnlySpan<float> cosines, double beta) => [.. cosines.ToArray().Select(cosine => Math.Exp(beta * (cosine - 1)))];
        var kernel = Enumerable.Range(0, bank.Rows).Select(row => Exponentials(bank.GetRow(row), beta)).ToArray();
        var (queries, sums) = (new double[bank.Columns], new double[bank.Columns]);
        Array.Fill(queries, 1);
        for (var step = 0; step < Steps; step++)
        {
            Array.Clear(sums);
            foreach (var line in kernel)
                TensorPrimitives.MultiplyAdd(line, line.Length / TensorPrimitives.Dot<double>(line, queries), sums, sums);
            for (var i = 0; i < sums.Length; i++)
                queries[i] = kernel.Length / sums[i];
        }

        return [.. Enumerable.Range(0, rows.Rows).Select(row => (float)(Math.Log(TensorPrimitives.Dot<double>(Exponentials(rows.GetRow(row), beta), queries) / queries.Length) / beta))];
    }

    /// <summary>
    /// DBSN: Sinkhorn's plan between the bank of queries (and all that ask, at once) and the gallery beside the bank of gallery rows; what is taken from a gallery row is the logarithm of its weight in that plan.
    /// </summary>
    private static float[] DualBanks(Banks banks, double beta, bool plansQueries)
    {
        const int Steps = 20;
        var rows = banks.Rows.Rows + banks.Bank.Rows;
        var kernel = new double[rows][];
        for (var row = 0; row < rows; row++)
        {
            var (own, asked, at) = row < banks.Rows.Rows ? (banks.Rows, banks.Asked, row) : (banks.Bank, banks.BankAsked, row - banks.Rows.Rows);
            float[] cosines = plansQueries ? [.. own.GetRow(at), .. asked.GetRow(at)] : [.. own.GetRow(at)];
            kernel[row] = [.. cosines.Select(cosine => Math.Exp(beta * (cosine - 1)))];
        }

        var (gallery, queries, sums) = (new double[rows], new double[kernel[0].Length], new double[kernel[0].Length]);
        Array.Fill(queries, 1);
        for (var step = 0; step < Steps; step++)
        {
            for (var row = 0; row < rows; row++)
                gallery[row] = queries.Length / TensorPrimitives.Dot<double>(kernel[row], queries);
            Array.Clear(sums);
            for (var row = 0; row < rows; row++)
                TensorPrimitives.MultiplyAdd(kernel[row], gallery[row], sums, sums);
            for (var i = 0; i < sums.Length; i++)
                queries[i] = rows / sums[i];
        }

        return [.. gallery[..banks.Rows.Rows].Select(weight => (float)(-Math.Log(weight) / beta))];
    }

    /// <summary>
    /// AnisoAlign's correction: rows without their means; in each plane of two leading directions of the first modality, radii of the second's rows go to the first's quantiles, and phases to the first's quantiles or, as the paper has it, towards
    /// what a prior that was learned from the first modality alone expects; neither further than a bound. The paper's prior is a network; here it is a ridge regression of each plane's phase, as a unit vector, on those of the other planes.
    /// </summary>
    /// <returns>The gap of the means and the mean recall@1.</returns>
    private static (double Gap, double Recall) MatchPhases(PairSet held, PairSet known, SymmetricSpectrum spectrum, (int Blocks, double Bound, bool HasPrior) setting)
    {
        var d = held.Dimension;
        var means = ComputeMeans(known);
        double[][] Center(PairSet set, int side) => [.. set.GetRows(side).Chunk(d).Select(row => row.Select((value, i) => value - means[side][i]).ToArray())];
        var planes = Enumerable.Range(0, setting.Blocks).Select(block => (U: spectrum.GetVector(2 * block).ToArray(), V: spectrum.GetVector(2 * block + 1).ToArray())).ToArray();
        (double Radius, double Phase)[] ToPolar(double[] row) =>
            [.. planes.Select(plane => (X: TensorPrimitives.Dot<double>(row, plane.U), Y: TensorPrimitives.Dot<double>(row, plane.V))).Select(point => (Math.Sqrt(point.X * point.X + point.Y * point.Y), Math.Atan2(point.Y, point.X)))];
        var (to, from, second) = (Center(known, 0).Select(ToPolar).ToArray(), Center(known, 1).Select(ToPolar).ToArray(), Center(held, 1));
        var expected = setting.HasPrior ? LearnPhases(to) : null;
        double[] Sort(IEnumerable<double> values) => [.. values.Order()];
        double Quantile(double value, double[] values, double[] targets)
        {
            var place = Array.BinarySearch(values, value);
            return targets[Math.Min(targets.Length - 1, place < 0 ? ~place : place)];
        }

        var quantiles = Enumerable.Range(0, setting.Blocks).Select(block => (
            Radii: Sort(to.Select(polar => polar[block].Radius)), Phases: Sort(to.Select(polar => polar[block].Phase)),
            FromRadii: Sort(from.Select(polar => polar[block].Radius)), FromPhases: Sort(from.Select(polar => polar[block].Phase)))).ToArray();
        foreach (var row in second)
        {
            var polar = ToPolar(row);
            for (var block = 0; block < planes.Length; block++)
            {
                var (radius, phase) = polar[block];
                var goal = expected is null ? Quantile(phase, quantiles[block].FromPhases, quantiles[block].Phases) : expected(polar, block);
                var turn = expected is null ? goal - phase : Math.IEEERemainder(goal - phase, 2 * Math.PI);
                var (newRadius, newPhase) = (Quantile(radius, quantiles[block].FromRadii, quantiles[block].Radii), phase + Math.Clamp(turn, -setting.Bound, setting.Bound));
                TensorPrimitives.MultiplyAdd(planes[block].U, newRadius * Math.Cos(newPhase) - radius * Math.Cos(phase), row, row);
                TensorPrimitives.MultiplyAdd(planes[block].V, newRadius * Math.Sin(newPhase) - radius * Math.Sin(phase), row, row);
            }
        }

        static float[] Unit(double[][] rows) => [.. rows.SelectMany(row =>
        {
            var norm = TensorPrimitives.Norm<double>(row);
            return row.Select(value => (float)(value / norm));
        })];
        var mapped = held.With([Unit(Center(held, 0)), Unit(second)], d);
        return (MeasureGaps(mapped).Means, Hits(mapped, [new float[mapped.Count(0)], new float[mapped.Count(1)]]).Average(side => side.Average(hit => hit ? 1.0 : 0)));
    }

    private static double[][] ComputeMeans(PairSet set) =>
        [.. Enumerable.Range(0, 2).Select(side => ModalityStatistics.FromRows(set.GetRows(side), set.Dimension, new ModalityStatisticsOptions { Moments = ModalityMoments.Mean }).Mean.ToArray())];

    /// <summary>The phase that a plane's is expected to be, by those of the other planes of the row.</summary>
    private static Func<(double Radius, double Phase)[], int, double> LearnPhases((double Radius, double Phase)[][] rows)
    {
        const double Ridge = 0.1; // of the number of rows
        static IEnumerable<double> Describe((double Radius, double Phase)[] row, int without) =>
            row.Where((_, block) => block != without).SelectMany(polar => new[] { Math.Cos(polar.Phase), Math.Sin(polar.Phase) }).Append(1);
        var weights = Enumerable.Range(0, rows[0].Length).Select(block =>
        {
            var inputs = Matrix<double>.Build.DenseOfRows(rows.Select(row => Describe(row, block)));
            var outputs = Matrix<double>.Build.DenseOfRows(rows.Select(row => new[] { Math.Cos(row[block].Phase), Math.Sin(row[block].Phase) }));
            var products = inputs.TransposeThisAndMultiply(inputs) + Matrix<double>.Build.DenseIdentity(inputs.ColumnCount) * (Ridge * rows.Length);
            return products.Cholesky().Solve(inputs.TransposeThisAndMultiply(outputs));
        }).ToArray();
        return (row, block) =>
        {
            var point = weights[block].TransposeThisAndMultiply(Vector<double>.Build.DenseOfEnumerable(Describe(row, block)));
            return Math.Atan2(point[1], point[0]);
        };
    }

    private static float[] Conformity(Cosines rows, float strength) => [.. Enumerable.Range(0, rows.Rows).Select(row => strength * rows.GetRow(row).ToArray().Average())];

    /// <summary>−½‖W(x̂ − μ)‖², W by the covariance of rows known before, drawn in by <see cref="Shrinkage"/>.</summary>
    private static Func<float[], double[]> CreateLogLikelihoods(float[] known, int dimension)
    {
        var statistics = ModalityStatistics.FromRows(known, dimension, new ModalityStatisticsOptions { Moments = ModalityMoments.Mean });
        var spectrum = SymmetricSpectrum.OfRows(known, statistics.Mean);
        double Inverse(double value) => 1 / ((1 - Shrinkage) * value + Shrinkage * spectrum.MeanValue);
        return rows => [.. rows.Chunk(dimension).Select(row =>
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

    /// <summary>Of a gallery: its rows with the bank of queries, the bank of gallery rows with it, and both with those that ask.</summary>
    private sealed class Banks(PairSet mapped, PairSet bank, int gallery)
    {
        public Cosines Rows { get; } = new(mapped.GetRows(gallery), bank.GetRows(1 - gallery), mapped.Dimension);

        public Cosines Bank { get; } = new(bank.GetRows(gallery), bank.GetRows(1 - gallery), mapped.Dimension);

        public Cosines Asked { get; } = new(mapped.GetRows(gallery), mapped.GetRows(1 - gallery), mapped.Dimension);

        public Cosines BankAsked { get; } = new(bank.GetRows(gallery), mapped.GetRows(1 - gallery), mapped.Dimension);
    }

    /// <summary>Inputs that are none of a modality's, and what tells them: the whitened log-likelihood (W-CLIP), conformity, the nearest known row.</summary>
    private static class Oddities
    {
        public static IReadOnlyList<string> Measures { get; } = ["whitened log-likelihood", "conformity", "nearest known row"];

        public static void Add(SortedDictionary<string, List<double[]>> found, PairSet held, PairSet known, int seed)
        {
            var (d, random) = (held.Dimension, new Random(seed));
            var per = Enumerable.Range(0, 2).Select(side =>
            {
                var (rows, bank) = (held.GetRows(side), known.GetRows(side));
                var mean = ModalityStatistics.FromRows(bank, d, new ModalityStatisticsOptions { Moments = ModalityMoments.Mean }).Mean.ToArray();
                float Gauss() => (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));
                var order = Enumerable.Range(0, d).ToArray();
                random.Shuffle(order);
                float[] Noise(float length)
                {
                    float[] noise = [.. Enumerable.Range(0, d).Select(_ => Gauss())];
                    TensorPrimitives.Multiply(noise, length / TensorPrimitives.Norm<float>(noise), noise);
                    return noise;
                }

                float[] Spread(float[] row) => [.. row.Select((value, i) => value - (float)mean[i])];
                var made = new (string Kind, float[] Rows)[]
                {
                    ("the other modality's rows", held.GetRows(1 - side)),
                    ("rows of shuffled dimensions", [.. rows.Chunk(d).SelectMany(row => order.Select(i => row[i]))]),
                    ("any direction", [.. rows.Chunk(d).SelectMany(_ => Noise(1))]),
                    ("any direction around the mean, as far from it as rows are", [.. rows.Chunk(d).SelectMany(row => Noise(TensorPrimitives.Norm<float>(Spread(row))).Select((value, i) => value + (float)mean[i]))]),
                    ("rows with noise half as long as they are from the mean", [.. rows.Chunk(d).SelectMany(row => Noise(TensorPrimitives.Norm<float>(Spread(row)) / 2).Select((value, i) => value + row[i]))]),
                    ("the middle of two rows", [.. rows.Chunk(d).Zip(rows.Chunk(d).Reverse(), (a, b) => a.Zip(b, (x, y) => x + y).ToArray()).SelectMany(row => row)]),
                };
                float[] Unit(float[] values) => [.. values.Chunk(d).SelectMany(row => row.Select(value => value / TensorPrimitives.Norm<float>(row)))];
                var likelihoods = CreateLogLikelihoods(bank, d);
                double[][] Measure(float[] values)
                {
                    var cosines = new Cosines(values, bank, d);
                    return [likelihoods(values), Conformities(values, bank, d), [.. Enumerable.Range(0, cosines.Rows).Select(row => (double)TensorPrimitives.Max(cosines.GetRow(row)))]];
                }

                var usual = Measure(rows);
                return made.ToDictionary(entry => entry.Kind, entry => Measure(Unit(entry.Rows)).Select((values, i) => Area([.. usual[i], .. values], [.. usual[i].Select(_ => true), .. values.Select(_ => false)])).ToArray());
            }).ToArray();
            foreach (var kind in per[0].Keys)
            {
                if (!found.TryGetValue(kind, out var list))
                    found.Add(kind, list = []);
                list.Add([.. per[0][kind].Zip(per[1][kind], (a, b) => (a + b) / 2)]);
            }
        }
    }

    private sealed class Cosines(float[] rows, float[] columns, int dimension)
    {
        private readonly float[] _values = CorrectionFit.Multiply(rows, columns, dimension);

        public int Rows { get; } = rows.Length / dimension;

        public int Columns { get; } = columns.Length / dimension;

        public ReadOnlySpan<float> GetRow(int row) => _values.AsSpan(row * Columns, Columns);
    }
}
