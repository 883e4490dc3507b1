using Microsoft.ML.Data;

namespace Microsoft.ML.ModalityGap.Tests.Training;

/// <content>What a training keeps of itself, and goes on or back to.</content>
public partial class TrainModalityNormalizationTests
{
    [TestMethod]
    [DataRow(null)]
    [DataRow(64)]
    public void Fit_InterruptedAnywhere_EndsAsIfItHadNotBeen(int? shuffleSize)
    {
        using var folder = new TemporaryFolder();
        var context = new MLContext();
        var data = CreatePairs(context, 300, seed: 5);
        var options = Thorough() with { ShuffleSize = shuffleSize, Epochs = 4, Patience = 2, StateInterval = 2 };
        var (plain, interrupted) = (new List<TrainingEpoch>(), new List<TrainingEpoch>());
        var expected = Fit(context, data, options with { EpochCompleted = plain.Add });

        // Each attempt reads so many rows, or ends so many epochs, and fails; the state is of some step before.
        var path = folder.File("state");
        foreach (var limit in shuffleSize is null ? [] : new[] { 700, 900, 1100 })
        {
            var failure = Assert.Throws<Exception>(() => Fit(context, new BreakingDataView(data, limit), options with { StatePath = path }));
            Assert.AreEqual("The disk is gone.", failure.GetBaseException().Message);
        }

        Assert.ThrowsExactly<InvalidOperationException>(() => Fit(context, data, options with
        {
            StatePath = path,
            EpochCompleted = epoch => throw new InvalidOperationException($"stop after {epoch}"),
        }));
        Assert.IsTrue(File.Exists(path));
        CollectionAssert.AreEqual(expected, Fit(context, data, options with { StatePath = path, EpochCompleted = interrupted.Add }));
        CollectionAssert.AreEqual(plain.TakeLast(interrupted.Count).ToArray(), interrupted.ToArray());
        Assert.IsGreaterThan(0, interrupted.Count);

        // The state of a finished training is the result.
        CollectionAssert.AreEqual(expected, Fit(context, data, options with { StatePath = path, EpochCompleted = _ => Assert.Fail("It trained on.") }));
    }

    [TestMethod]
    public void Fit_CancelledInTheMiddleOfAnEpoch_KeepsItsState()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("state");
        var data = CreatePairs(new MLContext(), 300, seed: 5);
        var options = Thorough();
        var expected = Fit(new MLContext(), data, options);

        // Once by the token, and on from there, once by ML.NET.
        using var source = new CancellationTokenSource();
        Assert.ThrowsExactly<OperationCanceledException>(() => Fit(
            new MLContext(), data, options with { StatePath = path, CancellationToken = source.Token, EpochCompleted = _ => source.Cancel() }));
        var context = new MLContext();
        Assert.ThrowsExactly<OperationCanceledException>(() => Fit(context, data, options with { StatePath = path, EpochCompleted = _ => context.CancelExecution() }));
        CollectionAssert.AreEqual(expected, Fit(new MLContext(), data, options with { StatePath = path }));
    }

    [TestMethod]
    public void Fit_StateOfAnotherTraining_IsRefusedByWhatDiffers()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("state");
        var context = new MLContext();
        var data = CreatePairs(context, 100, seed: 5);
        var options = Thorough() with { StatePath = path, Epochs = 1 };
        Fit(context, data, options);
        StringAssert.Contains(Refused(data, options with { LearningRate = 0.5 }), "learning rate 0.01");
        StringAssert.Contains(Refused(data, options with { Loss = Loss.Alignment() }), "Alignment()");
        StringAssert.Contains(Refused(CreatePairs(context, 100, seed: 6), options), "means of the data");

        string Refused(IDataView other, TrainModalityNormalizationOptions changed) =>
            Assert.ThrowsExactly<InvalidDataException>(() => Fit(context, other, changed)).Message;
    }

    [TestMethod]
    public void Fit_DamagedState_IsRefused()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("state");
        var context = new MLContext();
        var data = CreatePairs(context, 40, seed: 5);
        var options = Thorough() with { StatePath = path, Epochs = 1 };
        Fit(context, data, options);
        var content = File.ReadAllBytes(path);
        foreach (var (what, damaged) in Damage.Cut(content, content.Length / 20).Concat(Damage.Flip(content, content.Length / 20)))
        {
            File.WriteAllBytes(path, damaged);
            Assert.ThrowsExactly<InvalidDataException>(() => Fit(context, data, options), what);
        }
    }

    /// <summary>States with checksums that are right, but numbers that no training comes to: an epoch behind the last would never end, and NaN would go on into the maps.</summary>
    [TestMethod]
    [DataRow(null)]
    [DataRow(1)]
    [Timeout(600_000)]
    public void Fit_ForgedState_IsRefusedOrEnds(int? patience)
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("state");
        var context = new MLContext();
        var data = CreatePairs(context, 40, seed: 5);
        var options = Thorough() with { StatePath = path, Epochs = 2, Patience = patience, ValidationFraction = 0.25 };
        Fit(context, data, options);
        var content = File.ReadAllBytes(path);
        var (refused, all) = (0, 0);
        foreach (var (what, forged) in Forgery.Forge(content, Math.Max(1, content.Length / 60)).Concat(ForgeProgress(content)))
        {
            all++;
            File.WriteAllBytes(path, forged);
            try
            {
                foreach (var fingerprint in Fit(context, data, options))
                    Assert.IsNotNull(fingerprint);
            }
            catch (InvalidDataException exception)
            {
                Assert.AreNotEqual("", exception.Message, what);
                refused++;
            }
        }

        Assert.IsGreaterThan(all / 3, refused, $"Of {all} forged states only {refused} were refused.");
    }

    /// <summary>Every place of the numbers behind the recipe, which say how far the training is.</summary>
    private static IEnumerable<(string What, byte[] File)> ForgeProgress(byte[] file)
    {
        const int ProgressBytes = 8 + 4 + 8 + 8 + 1;
        for (var at = 0; at < ProgressBytes; at++)
        {
            foreach (var value in new byte[] { 1, 2, 3, 0x7F, 0xFF })
            {
                var place = at;
                yield return ($"progress byte {at} is {value}", Forgery.Change(file, content =>
                {
                    content[sizeof(int) + BitConverter.ToInt32(content) + place] = value;
                    return content;
                }));
            }
        }
    }

    [TestMethod]
    public void Fit_StateWhoseRecipeLacksALine_IsRefusedByIt()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("state");
        var context = new MLContext();
        var data = CreatePairs(context, 40, seed: 5);
        var options = Thorough() with { StatePath = path, Epochs = 1 };
        Fit(context, data, options);
        File.WriteAllBytes(path, Forgery.Change(File.ReadAllBytes(path), content =>
        {
            var length = BitConverter.ToInt32(content);
            var recipe = System.Text.Encoding.UTF8.GetString(content, sizeof(int), length);
            var shorter = System.Text.Encoding.UTF8.GetBytes(recipe[..recipe.TrimEnd('\n').LastIndexOf('\n')]);
            return [.. BitConverter.GetBytes(shorter.Length), .. shorter, .. content[(sizeof(int) + length)..]];
        }));
        StringAssert.Contains(Assert.ThrowsExactly<InvalidDataException>(() => Fit(context, data, options)).Message, "is the state of another training: nothing, where this one has «");
    }

    [TestMethod]
    public void Fit_HeldOutLossRises_StopsAndGoesBackToTheBest()
    {
        // More parameters than pairs to learn them from: soon only the pairs seen get better.
        var context = new MLContext();
        var data = CreatePairs(context, 40, seed: 6);
        var epochs = new List<TrainingEpoch>();
        var options = new TrainModalityNormalizationOptions
        {
            Head = TrainingHead.Linear,
            Epochs = 40,
            BatchSize = 20,
            LearningRate = 0.02,
            WarmupSteps = 0,
            Loss = Loss.InfoNCE(),
            ValidationFraction = 0.5,
            Patience = 2,
            EpochCompleted = epochs.Add,
        };
        var stopped = Fit(context, data, options);
        var best = epochs.MinBy(epoch => epoch.ValidationLoss)!.Epoch;
        Assert.IsLessThan(40, epochs.Count);
        Assert.AreEqual(best + 2, epochs.Count);

        // The maps are those that the same training had after that epoch.
        using var folder = new TemporaryFolder();
        var path = folder.File("state");
        Assert.ThrowsExactly<OperationCanceledException>(() => Fit(context, data, options with
        {
            StatePath = path,
            EpochCompleted = epoch => _ = epoch.Epoch == best ? throw new OperationCanceledException() : 0,
        }));
        var state = Restore(path, options);
        CollectionAssert.AreEqual(stopped[0], state);
    }

    /// <summary>The first modality's map by the parameters in a state, of a linear head.</summary>
    private static byte[] Restore(string path, TrainModalityNormalizationOptions options)
    {
        using var stream = File.OpenRead(path);
        var reader = CheckedBlock.Read(stream, new BlockSignature("MGTS", 1), "training state");
        reader.ReadText();
        reader.ReadBytes(sizeof(long) + sizeof(int) + sizeof(long) + sizeof(double) + 1 + sizeof(int));
        var weights = reader.ReadFloats();
        _ = (reader.ReadFloats(), reader.ReadFloats());
        var bias = reader.ReadFloats();
        return Store(new EmbeddingMap(Dimension, new L2NormalizeStep(), new ProjectStep(weights, Dimension), new TranslateStep(bias), new L2NormalizeStep()));
    }

    /// <summary>A view whose cursors fail after so many rows in all.</summary>
    private sealed class BreakingDataView(IDataView source, int limit) : IDataView
    {
        private int _left = limit;

        public bool CanShuffle => source.CanShuffle;

        public DataViewSchema Schema => source.Schema;

        public long? GetRowCount() => source.GetRowCount();

        public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null) =>
            new Cursor(this, source.GetRowCursor(columnsNeeded, rand));

        public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null) => [GetRowCursor(columnsNeeded, rand)];

        private sealed class Cursor(BreakingDataView view, DataViewRowCursor inner) : DataViewRowCursor
        {
            public override long Position => inner.Position;

            public override long Batch => inner.Batch;

            public override DataViewSchema Schema => inner.Schema;

            public override bool IsColumnActive(DataViewSchema.Column column) => inner.IsColumnActive(column);

            public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column) => inner.GetGetter<TValue>(column);

            public override ValueGetter<DataViewRowId> GetIdGetter() => inner.GetIdGetter();

            public override bool MoveNext() => view._left-- > 0 ? inner.MoveNext() : throw new IOException("The disk is gone.");

            protected override void Dispose(bool disposing)
            {
                inner.Dispose();
                base.Dispose(disposing);
            }
        }
    }
}
