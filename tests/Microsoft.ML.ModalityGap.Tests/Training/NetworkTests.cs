namespace Microsoft.ML.ModalityGap.Tests.Training;

[TestClass]
public class NetworkTests
{
    [TestMethod]
    [DataRow(TrainingHead.BatchNorm)]
    [DataRow(TrainingHead.Linear)]
    [DataRow(TrainingHead.BatchNormThenLinear)]
    public void Gradients_OfAllParameters_EqualCentralDifferences(TrainingHead head)
    {
        const double Step = 1e-5;
        var output = head == TrainingHead.BatchNorm ? 5 : 4;
        var (first, second) = (new HeadShape(head, 5, output, 0.1, 1e-5, 1), new HeadShape(head, head == TrainingHead.BatchNorm ? 5 : 6, output, 0.1, 1e-5, 2));
        var loss = Loss.InfoNCE(LogitScale.Learned(5), 0.1) + 0.5 * Loss.Uniformity() + 0.25 * Loss.CrossModalConsistency();
        var heads = new PairedHeads<double>(first, second, loss, 7, 1);
        var batch = TrainingRows.CreateBatch<double>(7, first.InputDimension, second.InputDimension, seed: 2);
        var random = new Random(5);
        foreach (var value in heads.Blocks.SelectMany(block => Enumerable.Range(0, block.Values.Length).Select(i => (block, i))))
            value.block.Values[value.i] += 0.2 * (random.NextDouble() - 0.5);

        heads.ComputeGradients(batch);
        var gradients = heads.Blocks.Select(block => block.Gradients.ToArray()).ToArray();
        for (var b = 0; b < gradients.Length; b++)
        {
            var values = heads.Blocks[b].Values;
            for (var i = 0; i < values.Length; i++)
            {
                var before = values[i];
                values[i] = before + Step;
                var above = heads.ComputeGradients(batch);
                values[i] = before - Step;
                var below = heads.ComputeGradients(batch);
                values[i] = before;
                Assert.AreEqual((above - below) / (2 * Step), gradients[b][i], 1e-7, $"block {b}, parameter {i}");
            }
        }
    }

    [TestMethod]
    public void BatchNorm_TwoRowsByHand_GivesTheseNumbers()
    {
        // Rows 1 and 3 in the first dimension, 5 and 5 in the second: means 2 and 5, variances 1 and 0.
        var layer = new BatchNormLayer<double>(2, momentum: 0.1, epsilon: 0.21);
        layer.Gamma.Values[0] = 2;
        layer.Beta.Values[1] = 7;
        var output = new double[4];
        layer.Begin(new BatchRows<double>([1, 5, 3, 5], 2));
        layer.Forward([1, 5], output.AsSpan(0, 2));
        layer.Forward([3, 5], output.AsSpan(2, 2));

        // √(1 + 0.21) = 1.1
        AssertNear([-2 / 1.1, 7, 2 / 1.1, 7], output);

        // 0.9·0 + 0.1·2 and 0.1·5; 0.9·1 + 0.1·2, where the variance with N − 1 is 2, and 0.9·1 + 0.1·0.
        AssertNear([0.2, 0.5], layer.RunningMean);
        AssertNear([1.1, 0.9], layer.RunningVariance);

        // Without the 0.9 of the beginning, one step has what one batch has.
        AssertNear([2, 5], layer.GetRunningStatistics(1).Mean);
        AssertNear([2, 0], layer.GetRunningStatistics(1).Variance);

        layer.Backward([1, 5], [1, 2]);
        layer.Backward([3, 5], [4, 3]);
        AssertNear([(-1 + 4) / 1.1, 0], layer.Gamma.Gradients);
        AssertNear([5, 5], layer.Beta.Gradients);
    }

    [TestMethod]
    public void BatchNorm_BackwardFromUnitRows_IsBackwardOfWhatTheNormalisationPassesBack()
    {
        // 19 dimensions: some in vectors, some behind them. A row of norm 0 passes nothing back.
        const int Dimension = 19;
        var rows = TrainingRows.CreatePairs(5, Dimension, seed: 4);
        var (input, gradients) = (Array.ConvertAll(rows.X, value => (float)value), Array.ConvertAll(rows.Y, value => (float)value));
        var (expected, actual) = (new BatchNormLayer<float>(Dimension, 0.1, 1e-5), new BatchNormLayer<float>(Dimension, 0.1, 1e-5));
        expected.Begin(new BatchRows<float>(input, Dimension));
        actual.Begin(new BatchRows<float>(input, Dimension));
        var (unit, ofOutput) = (new float[Dimension], new float[Dimension]);
        for (var row = 0; row < 5; row++)
        {
            var own = new BatchRows<float>(input, Dimension)[row];
            var gradient = gradients.AsSpan(row * Dimension, Dimension);
            expected.Forward(own, unit);
            var norm = row == 3 ? 0 : UnitRow.Normalize<float>(unit, unit);
            UnitRow.Backward<float>(unit, norm, gradient, ofOutput);
            expected.Backward(own, ofOutput);
            actual.Backward(own, unit, norm, gradient, own);
        }

        CollectionAssert.AreEqual(expected.Gamma.Gradients, actual.Gamma.Gradients);
        CollectionAssert.AreEqual(expected.Beta.Gradients, actual.Beta.Gradients);
    }

    [TestMethod]
    public void BatchRows_InAnOrder_AreReadWhereTheyLie()
    {
        var batch = new BatchRows<float>([.. Enumerable.Range(0, 12).Select(i => (float)i)], 2, [4, 0, 5, 1, 3], 1, 3);
        var copy = new float[6];
        batch.CopyTo(copy);
        CollectionAssert.AreEqual(new float[] { 0, 1, 10, 11, 2, 3 }, copy);
        CollectionAssert.AreEqual(new float[] { 10, 11 }, batch[1].ToArray());
        CollectionAssert.AreEqual(new float[] { 2, 3 }, batch.ReadAhead(2).ToArray());
        CollectionAssert.AreEqual(new float[] { 6, 7 }, batch.GetNext(0).ToArray());
        CollectionAssert.AreEqual(new float[] { 10, 11 }, batch.GetNext(1).ToArray()); // none follows
    }

    [TestMethod]
    public void AdamW_TwoStepsByHand_GivesTheseNumbers()
    {
        var optimizer = new AdamW(WeightDecay: 0.1, Beta1: 0.5, Beta2: 0.75, Epsilon: 0);
        var block = new ParameterBlock<double>([1, -2], decays: true);

        // The first step is lr·sign(g): m̂ = g, v̂ = g².
        (block.Gradients[0], block.Gradients[1]) = (4, -8);
        optimizer.Update(block, 0.01, 1);
        AssertNear([1 * 0.999 - 0.01, -2 * 0.999 + 0.01], block.Values);

        // m = 0.5·2 + 0.5·2 = 2, over 0.75; v = 0.75·4 + 0.25·4 = 4, over 0.4375.
        (block.Gradients[0], block.Gradients[1]) = (2, 0);
        var before = block.Values[0];
        optimizer.Update(block, 0.01, 2);
        Assert.AreEqual(before * 0.999 - 0.01 * (2 / 0.75) / Math.Sqrt(4 / 0.4375), block.Values[0], 1e-12);

        var kept = new ParameterBlock<double>([1], decays: false);
        (optimizer with { Epsilon = 1e-8 }).Update(kept, 0.01, 1);
        Assert.AreEqual(1, kept.Values[0]);
    }

    [TestMethod]
    public void CosineSchedule_OverATraining_RisesAndFalls()
    {
        var schedule = new CosineSchedule(0.8, 4, 12);
        CollectionAssert.AreEqual(new[] { 0.2, 0.4, 0.6, 0.8, 0.8 }, Enumerable.Range(0, 5).Select(step => Math.Round(schedule.GetRate(step), 12)).ToArray());
        Assert.AreEqual(0.4, schedule.GetRate(8), 1e-12);
        Assert.AreEqual(0.4 * (1 + Math.Cos(Math.PI * 7 / 8)), schedule.GetRate(11), 1e-12);
    }

    [TestMethod]
    public void Heads_ConstantDimensionsAndEqualRows_StayFinite()
    {
        foreach (var head in Enum.GetValues<TrainingHead>())
        {
            foreach (var count in new[] { 2, 9 })
            {
                var shape = new HeadShape(head, 4, 4, 0.1, 1e-5, 1);
                var heads = new PairedHeads<float>(shape, shape, Loss.InfoNCE(labelSmoothing: 0.1) + Loss.Uniformity(), count, 1);

                // One dimension constant; then all rows equal, which batch normalisation maps to zero.
                foreach (var same in new[] { false, true })
                {
                    var batch = TrainingRows.CreateBatch<float>(count, 4, 4, seed: 3);
                    for (var row = 0; row < count; row++)
                    {
                        batch.First.Values[row * 4 + 1] = 0.25f;
                        if (same)
                            batch.First[0].CopyTo(batch.First.Values.AsSpan(row * 4));
                    }

                    Assert.IsTrue(double.IsFinite(heads.ComputeGradients(batch)), $"{head}, {count} rows");
                    heads.Update(new AdamW(0.01, 0.9, 0.999, 1e-8), 1e-3, 1);
                    Assert.IsTrue(heads.Blocks.SelectMany(block => block.Gradients.Concat(block.Values)).All(float.IsFinite), $"{head}, {count} rows");
                }
            }
        }
    }

    [TestMethod]
    public void UnitRow_ZeroRow_StaysZeroAndPassesNothingBack()
    {
        var (unit, gradient) = (new double[3], new double[3]);
        Assert.AreEqual(0, UnitRow.Normalize<double>([0, 0, 0], unit));
        UnitRow.Backward<double>(unit, 0, [1, 2, 3], gradient);
        AssertNear([0, 0, 0], unit);
        AssertNear([0, 0, 0], gradient);
    }

    [TestMethod]
    [DataRow(36, 20)]
    [DataRow(16, 64)]
    [DataRow(37, 18)]
    public void MatrixTranspose_OfFloats_IsThatOfDoubles(int rows, int columns)
    {
        var source = Enumerable.Range(0, rows * columns).Select(i => (float)Math.Sin(i)).ToArray();
        var (found, expected) = (new float[source.Length], new double[source.Length]);
        MatrixTranspose.Copy<float>(source, rows, columns, found);
        MatrixTranspose.Copy<double>(Array.ConvertAll(source, value => (double)value), rows, columns, expected);
        CollectionAssert.AreEqual(expected, Array.ConvertAll(found, value => (double)value));
        MatrixTranspose.Add<float>(source, rows, columns, found);
        CollectionAssert.AreEqual(Array.ConvertAll(expected, value => 2 * value), Array.ConvertAll(found, value => (double)value));
    }

    [TestMethod]
    [DataRow(40, 20)]
    [DataRow(37, 18)]
    public void MatrixTranspose_InParts_IsThatOfTheWhole(int rows, int columns)
    {
        var source = Enumerable.Range(0, rows * columns).Select(i => (float)Math.Sin(i)).ToArray();
        var (found, expected) = (new float[source.Length], new float[source.Length]);
        MatrixTranspose.Copy<float>(source, rows, columns, expected);
        MatrixTranspose.Copy<float>(source, rows, columns, found, 16, rows);
        MatrixTranspose.Copy<float>(source, rows, columns, found, 0, 16);
        CollectionAssert.AreEqual(expected, found);
        MatrixTranspose.Add<float>(source, rows, columns, expected);
        MatrixTranspose.Add<float>(source, rows, columns, found, 0, 32);
        MatrixTranspose.Add<float>(source, rows, columns, found, 32, rows);
        CollectionAssert.AreEqual(expected, found);
    }

    [TestMethod]
    public void MatrixTranspose_AnyShape_CopiesAndAdds()
    {
        var source = Enumerable.Range(0, 37 * 18).Select(i => (double)i).ToArray();
        var target = new double[source.Length];
        MatrixTranspose.Copy<double>(source, 37, 18, target);
        MatrixTranspose.Add<double>(source, 37, 18, target);
        for (var i = 0; i < 37; i++)
        {
            for (var j = 0; j < 18; j++)
                Assert.AreEqual(2 * source[i * 18 + j], target[j * 37 + i]);
        }
    }

    private static void AssertNear(double[] expected, double[] actual)
    {
        Assert.HasCount(expected.Length, actual);
        for (var i = 0; i < expected.Length; i++)
            Assert.AreEqual(expected[i], actual[i], 1e-12, $"value {i}");
    }
}
