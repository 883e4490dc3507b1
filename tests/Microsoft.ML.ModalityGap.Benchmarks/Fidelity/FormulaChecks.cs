using MathNet.Numerics.LinearAlgebra.Double;
using Microsoft.ML.Data;
using static Microsoft.ML.ModalityGap.Benchmarks.FidelityData;

namespace Microsoft.ML.ModalityGap.Benchmarks;

/// <summary>The papers' formulas written down in doubles, against what the library computes.</summary>
internal static class FormulaChecks
{
    internal static IEnumerable<FidelityRow> Run(FidelityData data)
    {
        yield return Center(data);
        var metrics = data.Context.ModalityGap().Evaluate(data.View, "Image", "Text");
        var (x, y) = (data.Rows[0], data.Rows[1]);
        var n = (double)data.Count;
        var pairs = x.Zip(y, (a, b) => (1 - Dot(a, b)) / 2).Average();
        double Within(double[][] rows) => rows.Sum(a => rows.Sum(b => ReferenceEquals(a, b) ? 0 : (1 - Dot(a, b)) / 2)) / (n * (n - 1));
        yield return Formula("relative modality gap", "d̄ of pairs / (½(d̄ within x + d̄ within y) + d̄ of pairs), d = (1 − cos)/2", pairs / ((Within(x) + Within(y)) / 2 + pairs), metrics.RelativeModalityGap);
        var uniformity = Math.Log(x.Sum(a => x.Sum(b => ReferenceEquals(a, b) ? 0 : Math.Exp(4 * Dot(a, b) - 4))) / (n * (n - 1)));
        yield return Formula("uniformity (Wang and Isola)", "log mean_{i≠j} exp(−2‖x_i − x_j‖²), images", uniformity, metrics.FirstUniformity);
        var nearest = x.Max(a => y.Max(b => Dot(a, b)));
        yield return Formula("minimum cosine distance", "min over i, j of 1 − x_i·y_j", 1 - nearest, metrics.MinimumCosineDistance);
        var after = data.Context.ModalityGap().Evaluate(data.Closed, "Image", "Text");
        yield return Formula("effective rank (Roy and Vetterli), behind I0T_post", "exp of the entropy of the singular values of the centred rows, by SVD", EffectiveRank(data.ClosedRows[0]), after.FirstEffectiveRank, 1e-3);
        yield return Shift(data);
        yield return Cloob(data);
        yield return Train(data);
        yield return DistributionNormalize(data);
        yield return Dual(data);
        yield return SignalToNoise(data);
    }

    private static FidelityRow Formula(string item, string formula, double expected, double actual, double tolerance = 1e-5) =>
        new(item, $"{formula}: {Format(expected, "0.00000")}", Format(actual, "0.00000"), Compare(expected, actual, tolerance));

    private static FidelityRow Center(FidelityData data)
    {
        var largest = 0.0;
        for (var side = 0; side < 2; side++)
        {
            var mean = Mean(data.Rows[side]);
            for (var i = 0; i < data.Count; i++)
            {
                var expected = Normalize([.. data.Rows[side][i].Zip(mean, (value, m) => value - m)]);
                largest = Math.Max(largest, expected.Zip(data.ClosedRows[side][i], (a, b) => Math.Abs(a - b)).Max());
            }
        }

        return new FidelityRow("I0T_post (`CenterModalities`)", "(x̂ − μ)/‖x̂ − μ‖", $"largest difference of any value {Format(largest, "0.0E+0")}", largest <= 1e-6 ? "equal to float's rounding" : "differs");
    }

    private static double EffectiveRank(double[][] rows)
    {
        var mean = Mean(rows);
        var singular = DenseMatrix.OfRowArrays(rows.Select(row => row.Zip(mean, (a, b) => a - b).ToArray())).Svd(computeVectors: false).S;
        var shares = singular.Select(value => value / singular.Sum()).Where(share => share > 1e-9);
        return Math.Exp(-shares.Sum(share => share * Math.Log(share)));
    }

    /// <summary>I0T's code: x − δ·Δ/‖Δ‖ and y + δ·Δ/‖Δ‖, both normalised.</summary>
    private static FidelityRow Shift(FidelityData data)
    {
        const double Delta = 0.2;
        var shifted = data.Context.Transforms.ShiftModalities(ModalityColumns.PerColumn("Image", "Text"), new ShiftModalitiesOptions { AbsoluteLambda = Delta }).Fit(data.View).Transform(data.View);
        var gap = Mean(data.Rows[0]).Zip(Mean(data.Rows[1]), (a, b) => a - b).ToArray();
        var length = Math.Sqrt(Dot(gap, gap));
        var expected = Normalize([.. data.Rows[0][0].Zip(gap, (value, g) => value - Delta * g / length)]);
        var actual = shifted.GetColumn<float[]>("Image").First();
        var largest = expected.Zip(actual, (a, b) => Math.Abs(a - b)).Max();
        return new FidelityRow(
            "shift in absolute units (Mind the Gap, I0T's code)", $"x − δ·Δ/‖Δ‖ with δ = {Delta}: λ = 2δ/‖Δ‖ = {Format(2 * Delta / length)}", $"`AbsoluteLambda`, largest difference {Format(largest, "0.0E+0")}", largest <= 1e-6 ? "equal to float's rounding" : "differs");
    }

    private static FidelityRow Cloob(FidelityData data)
    {
        var (x, y) = (data.Rows[0][..64], data.Rows[1][..64]);
        double OneWay(double[][] a, double[][] b) => a.Select((row, i) =>
            -14.3 * Dot(row, b[i]) + Math.Log(b.Where((_, j) => j != i).Sum(other => Math.Exp(14.3 * Dot(row, other))))).Average() / 14.3;
        return Formula("InfoLOOB of CLOOB (`Loss.Cloob`), 64 pairs", "τ·(−s_ii/τ + log Σ_{j≠i} exp(s_ij/τ)), both ways added, 1/τ = 14.3", OneWay(x, y) + OneWay(y, x), Evaluate(Loss.Cloob(), x, y));
    }

    private static FidelityRow Train(FidelityData data)
    {
        var (x, y) = (data.Rows[0][..64], data.Rows[1][..64]);
        var scale = Math.Exp(4.6052);
        double OneWay(double[][] a, double[][] b) => a.Select((row, i) => Math.Log(b.Sum(other => Math.Exp(scale * (Dot(row, other) - Dot(row, b[i])))))).Average();
        double Pairs(Func<int, int, double> difference) => Enumerable.Range(0, 64).Sum(i => Enumerable.Range(0, 64).Sum(j => Math.Pow(difference(i, j), 2))) / 64;
        var expected = (OneWay(x, y) + OneWay(y, x)) / 2
            + 0.25 * (Pairs((i, j) => Dot(x[i], y[j]) - Dot(x[j], y[i])) + Pairs((i, j) => Dot(x[i], x[j]) - Dot(y[i], y[j])));
        return Formula("the loss of I0T_async (`TrainModalityNormalizationOptions.Paper`), a batch of 64", "CyCLIP: InfoNCE at e^4.6052 + 0.25 cross-modal + 0.25 in-modal consistency", expected, Evaluate(TrainModalityNormalizationOptions.Paper.Loss, x, y));
    }

    /// <summary>Banks of one half, queries and gallery of the other: which ten captions an image finds, by the product as the paper has it.</summary>
    private static FidelityRow Dual(FidelityData data)
    {
        const double First = 20, Second = 1;
        var half = data.Count / 2;
        var (queries, gallery) = (data.ClosedRows[0][half..], data.ClosedRows[1][half..]);
        var (queryBank, galleryBank) = (data.ClosedRows[0][..half], data.ClosedRows[1][..half]);
        int Nearest(double[] row) => Enumerable.Range(0, gallery.Length).MaxBy(g => Dot(row, gallery[g]));
        var activated = new[] { queryBank, galleryBank }.Select(bank => bank.Select(Nearest).ToHashSet()).ToArray();
        double[] Sum(double[][] bank, double beta) => [.. gallery.Select(row => bank.Sum(b => Math.Exp(beta * Dot(b, row))))];
        var (firstSums, secondSums) = (Sum(queryBank, First), Sum(galleryBank, Second));
        var index = Index(gallery, SimilarityMetric.Cosine);
        var rescorer = new Rescorer(
            new DualInvertedSoftmax { QueryInverseTemperature = (float)First, GalleryInverseTemperature = (float)Second, IsDynamic = true }, gallery[0].Length, Flatten(queryBank), Flatten(galleryBank));
        var (same, one) = (0, 0);
        foreach (var query in queries)
        {
            var similarities = gallery.Select(row => Dot(query, row)).ToArray();
            var (byQueries, byGallery) = (activated[0].Contains(Nearest(query)), activated[1].Contains(Nearest(query)));
            one += byQueries != byGallery ? 1 : 0;
            double Product(int g) => (byQueries ? Math.Exp(First * similarities[g]) / firstSums[g] : similarities[g]) * (byGallery ? Math.Exp(Second * similarities[g]) / secondSums[g] : similarities[g]);
            var expected = Enumerable.Range(0, gallery.Length).Where(g => similarities[g] > 0).OrderByDescending(Product).Take(10);
            same += index.Search([.. query.Select(value => (float)value)], 10, new SearchOptions { Rescorer = rescorer }).Select(neighbor => neighbor.Position).SequenceEqual(expected) ? 1 : 0;
        }

        return new FidelityRow(
            "DualDIS (`DualInvertedSoftmax { IsDynamic = true }`)", "the product of the softmaxes that are active and the similarity for those that are not, the first ten rows",
            $"the same ten in the same order for {same} of {queries.Length} queries, of which {one} activate one bank", same == queries.Length ? "equal" : "differs");
    }

    private static FidelityRow SignalToNoise(FidelityData data)
    {
        var query = data.Rows[0][0];
        double Variance(double[] values) => values.Average(value => Math.Pow(value - values.Average(), 2));
        var expected = data.Rows[1].Max(row => 1 - Variance([.. row.Zip(query, (g, h) => g - h)]) / Variance(query));
        var found = Index(data.Rows[1], SimilarityMetric.SignalToNoise).Search([.. query.Select(value => (float)value)], 1)[0];
        return Formula("SNR distance as an index metric (Yuan et al., CVPR 2019), one query", "the largest 1 − var(g − q)/var(q)", expected, found.Score);
    }

    private static EmbeddingIndex Index(double[][] rows, SimilarityMetric metric)
    {
        var index = new EmbeddingIndex(rows[0].Length, new EmbeddingIndexOptions { Metric = metric });
        index.AddRange([.. Enumerable.Range(0, rows.Length).Select(i => (EmbeddingId)i)], Flatten(rows));
        return index;
    }

    private static float[] Flatten(double[][] rows) => [.. rows.SelectMany(row => row.Select(value => (float)value))];

    private static double Evaluate(Loss loss, double[][] x, double[][] y)
    {
        double[] first = [.. x.SelectMany(row => row)], second = [.. y.SelectMany(row => row)];
        var batch = new TrainingBatch<double>(new BatchRows<double>(first, x[0].Length), new BatchRows<double>(second, y[0].Length));
        return new LossEvaluator<double>(loss, x[0].Length, x.Length, 1).Evaluate(batch, first, second, new double[first.Length], new double[second.Length]);
    }

    private static FidelityRow DistributionNormalize(FidelityData data)
    {
        var (meanX, meanY) = (Mean(data.Rows[0]), Mean(data.Rows[1]));
        var (x, y) = (data.Rows[0][0], data.Rows[1][0]);
        var expected = x.Select((value, d) => (value - 0.25 * meanX[d]) * (y[d] - 0.25 * meanY[d])).Sum();
        var actual = new DistributionNormalization().Score(Array.ConvertAll(x, value => (float)value), meanX, Array.ConvertAll(y, value => (float)value), meanY);
        return Formula("Distribution Normalization, one pair", "(x̂ − λμ_x)·(ŷ − λμ_y), λ = ¼ in the released code (½ in the paper's formula)", expected, actual);
    }
}
