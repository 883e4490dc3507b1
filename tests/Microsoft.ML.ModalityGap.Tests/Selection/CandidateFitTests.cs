using Microsoft.ML.Runtime;

namespace Microsoft.ML.ModalityGap.Tests.Selection;

/// <summary>All candidates, which share spectra, mapped rows, scores and memory, against each of them computed alone: maps of its own, and scores in double.</summary>
[TestClass]
public class CandidateFitTests
{
    private const int Dimension = 24;

    private static readonly ModalityColumns _columns = ModalityColumns.PerColumn("Image", "Text");

    [TestMethod]
    [DataRow(20)] // fewer pairs than dimensions
    [DataRow(44)] // more of them
    public void Run_AllCandidates_EqualsEachComputedAlone(int fitCount)
    {
        var host = ((IHostEnvironment)new MLContext(seed: 1)).Register("test");
        var pairs = PairedEmbeddings.Create(rows: 90, imageDimension: Dimension, textDimension: Dimension, noise: 1.1, seed: 5);
        var (images, texts) = (Flatten(pairs.UnitImage), Flatten(pairs.UnitText));
        var set = PairSet.OfPairs(images, texts, Dimension);
        var order = Enumerable.Range(0, 90).ToArray();
        new Random(2).Shuffle(order);
        int[] fitted = order[..fitCount], held = order[fitCount..];
        var candidates = SelectionCandidates.Create(host, fitCount, Dimension);

        var alone = candidates.Select(candidate => MeasureAlone(candidate, images, texts, fitted, held)).ToArray();

        // Twice in the same memory, as one part after the other is.
        var buffers = new FitBuffers();
        for (var round = 0; round < 2; round++)
        {
            var measured = new CandidateFit(host, _columns, set, fitted, held, buffers: buffers).Run(candidates);
            Assert.HasCount(candidates.Count, measured);
            for (var i = 0; i < candidates.Count; i++)
            {
                var (expected, name) = (alone[i], candidates[i].Name);
                Assert.AreEqual(expected.Gap, measured[i].Gap, 1e-4, name);

                // A float may put two scores the other way round: of one query at most.
                var slack = 1.01 / held.Length;
                Assert.AreEqual(expected.FirstHit, measured[i].Average(PairMeasure.FirstHit)!.Value, slack, name);
                Assert.AreEqual(expected.SecondHit, measured[i].Average(PairMeasure.SecondHit)!.Value, slack, name);
                Assert.AreEqual(expected.ReciprocalRank, measured[i].Average(PairMeasure.ReciprocalRank)!.Value, slack / 2, name);
                Assert.AreEqual(expected.OtherShare, measured[i].Average(PairMeasure.OtherShare)!.Value, slack / 5, name);
            }
        }
    }

    /// <summary>Seconds are another machine's, but what is asked of the kernels is the same everywhere; what is new in memory costs page faults.</summary>
    [TestMethod]
    public void Run_WholeGrid_AsksForEachThingOnce()
    {
        const int Count = 100;
        var host = ((IHostEnvironment)new MLContext(seed: 1)).Register("test");
        var pairs = PairedEmbeddings.Create(rows: Count, imageDimension: 128, textDimension: 128, noise: 1.1, seed: 5);
        var set = PairSet.OfPairs(Flatten(pairs.UnitImage), Flatten(pairs.UnitText), 128);
        var order = Enumerable.Range(0, Count).ToArray();
        var candidates = SelectionCandidates.Create(host, Count / 2, 128);
        var buffers = new FitBuffers();
        (long Products, long Decompositions, long Bytes) Run()
        {
            var before = (KernelWork.MultiplyAdds, KernelWork.Decompositions, GC.GetAllocatedBytesForCurrentThread());
            new CandidateFit(host, _columns, set, order[..(Count / 2)], order[(Count / 2)..], buffers: buffers).Run(candidates);
            return (KernelWork.MultiplyAdds - before.Item1, KernelWork.Decompositions - before.Item2, GC.GetAllocatedBytesForCurrentThread() - before.Item3);
        }

        Run();
        var (products, decompositions, bytes) = Run();

        // Two modalities, each on the fitted rows and on both halves of them, whatever the number of candidates.
        Assert.AreEqual(6, decompositions);

        // Rows in the directions of their spectra; then per map what it makes of rows, and their similarities once, of one modality by half; behind five maps banks and halves.
        var maps = candidates.Select(candidate => candidate.MapKey).Distinct().Count();
        var similarities = maps * 2L * (Count / 2) * (Count / 2) * 128;
        Assert.IsLessThan(4 * similarities, products);
        Assert.IsLessThan(3_000_000, bytes);
    }

    private static (double Gap, double FirstHit, double SecondHit, double ReciprocalRank, double OtherShare) MeasureAlone(
        SelectionCandidate candidate, float[] images, float[] texts, int[] fitted, int[] held)
    {
        var maps = FitMaps(candidate, images, texts, fitted);
        var rows = Apply(maps, images, texts, held);
        var bank = Apply(maps, images, texts, fitted);
        var moments = new (double Mean, double Deviation)[2, 2];
        if (candidate.Correction is not null)
        {
            // Each half behind the maps of the other, which is its bank, too.
            var half = fitted.Length / 2;
            var parts = new[] { (fitted[..half], fitted[half..]), (fitted[half..], fitted[..half]) }.Select(part =>
            {
                var crossed = FitMaps(candidate, images, texts, part.Item1);
                return (Rows: Apply(crossed, images, texts, part.Item2), Bank: Apply(crossed, images, texts, part.Item1));
            }).ToArray();
            for (var query = 0; query < 2; query++)
            {
                for (var gallery = 0; gallery < 2; gallery++)
                    moments[query, gallery] = MeasureBest(parts, query, gallery, candidate.Correction.Hubness);
            }
        }

        double Score(int side, int query, int other, int row)
        {
            var similarity = Dot(rows[side][query], rows[other][row]);
            return candidate.Correction is { } correction
                ? (similarity - Bias(correction.Hubness, rows[other][row], bank[side]) - moments[side, other].Mean) / moments[side, other].Deviation
                : similarity;
        }

        var count = held.Length;
        var (hits, reciprocal, share) = (new double[2], 0.0, 0.0);
        for (var side = 0; side < 2; side++)
        {
            for (var query = 0; query < count; query++)
            {
                double[] others = [.. Enumerable.Range(0, count).Select(row => Score(side, query, 1 - side, row))], own = [.. Enumerable.Range(0, count).Select(row => Score(side, query, side, row))];
                var rank = 1 + others.Count(score => score > others[query]);
                hits[side] += rank == 1 ? 1.0 / count : 0;
                reciprocal += 0.5 / rank / count;
                share += own.Where((_, row) => row != query).Select(score => (score, IsOther: false)).Concat(others.Select(score => (score, IsOther: true)))
                    .OrderByDescending(entry => entry.score).Take(10).Count(entry => entry.IsOther) / 20.0 / count;
            }
        }

        return (Math.Sqrt(Enumerable.Range(0, rows[0][0].Length).Sum(d => Math.Pow(rows[0].Average(row => row[d]) - rows[1].Average(row => row[d]), 2))), hits[0], hits[1], reciprocal, share);
    }

    /// <summary>The mean of each query's best score, and the deviation around each part's own mean; partners and the query itself are left out.</summary>
    private static (double Mean, double Deviation) MeasureBest((double[][][] Rows, double[][][] Bank)[] parts, int query, int gallery, HubnessCorrection hubness)
    {
        var (all, squares) = (new List<double>(), 0.0);
        foreach (var part in parts)
        {
            double[] biases = [.. part.Rows[gallery].Select(row => Bias(hubness, row, part.Bank[query]))];
            double[] best = [.. part.Rows[query].Select((q, i) => part.Rows[gallery].Select((row, j) => j == i ? double.NegativeInfinity : Dot(q, row) - biases[j]).Max())];
            squares += best.Sum(value => Math.Pow(value - best.Average(), 2));
            all.AddRange(best);
        }

        return (all.Average(), Math.Sqrt(squares / all.Count));
    }

    private static double Bias(HubnessCorrection hubness, double[] row, double[][] bank) => hubness.Kind switch
    {
        HubnessCorrectionKind.InvertedSoftmax => Math.Log(bank.Average(other => Math.Exp(hubness.InverseTemperature * Dot(row, other)))) / hubness.InverseTemperature,
        HubnessCorrectionKind.LocalScaling => bank.Select(other => Dot(row, other)).OrderDescending().Take(hubness.Neighbors).Average() / 2,
        _ => 0,
    };

    private static IReadOnlyList<EmbeddingMap> FitMaps(SelectionCandidate candidate, float[] images, float[] texts, int[] fitted) =>
        ((EmbeddingMapEstimator)candidate.CreateMapEstimator(_columns)).CreateMaps(new RowsFitSource(
            CenterModalitiesOptions.Default, ["Image", "Text"], [RowSampler.Take(images, Dimension, fitted), RowSampler.Take(texts, Dimension, fitted)], [Dimension, Dimension]));

    private static double[][][] Apply(IReadOnlyList<EmbeddingMap> maps, float[] images, float[] texts, int[] chosen) => [.. new[] { images, texts }.Select((values, side) =>
    {
        var mapped = new float[chosen.Length * maps[side].OutputDimension];
        maps[side].ApplyRows(RowSampler.Take(values, Dimension, chosen), mapped);
        return mapped.Chunk(maps[side].OutputDimension).Select(row => row.Select(x => (double)x).ToArray()).ToArray();
    })];

    private static double Dot(double[] x, double[] y) => x.Zip(y, (a, b) => a * b).Sum();

    private static float[] Flatten(double[][] rows) => [.. rows.SelectMany(row => row.Select(x => (float)x))];
}
