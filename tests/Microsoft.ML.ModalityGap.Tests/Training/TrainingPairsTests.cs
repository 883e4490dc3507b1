using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.ModalityGap.Tests.Training;

[TestClass]
public class TrainingPairsTests
{
    private const int Rows = 1003;
    private const int Dimension = 7;

    [TestMethod]
    [DataRow(null)]
    [DataRow(160)]
    public void ReadEpoch_EachEpoch_DealsEveryTrainedPairOnceInAnotherOrder(int? shuffleSize)
    {
        using var folder = new TemporaryFolder();
        var pairs = Open(folder, new() { ShuffleSize = shuffleSize, BatchSize = 16, ValidationFraction = 0.1 });
        Assert.AreEqual(shuffleSize is null, pairs.IsInMemory);
        Assert.AreEqual(100, pairs.Watched.Count);
        Assert.AreEqual(903, pairs.TrainedCount);

        // 903 = 56·16 + 7: the rest of 7 is less than half a batch.
        Assert.AreEqual(56, pairs.BatchesPerEpoch);
        var heldOut = Enumerable.Range(0, pairs.Watched.Count).Select(row => GetNumber(pairs.Watched.GetRow(0, row))).ToHashSet();
        var epochs = Enumerable.Range(0, 3).Select(epoch => Read(pairs, epoch)).ToArray();
        var left = new HashSet<int>();
        foreach (var numbers in epochs)
        {
            Assert.HasCount(896, numbers);
            Assert.HasCount(896, numbers.Distinct().ToArray());
            Assert.IsFalse(numbers.Any(heldOut.Contains));
            left.UnionWith(Enumerable.Range(0, Rows).Except(numbers).Except(heldOut));
        }

        Assert.IsGreaterThan(7, left.Count, "The same pairs are left out each time.");
        CollectionAssert.AreNotEqual(epochs[0], epochs[1]);
        CollectionAssert.AreEqual(epochs[1], Read(pairs, 1));

        // Neighbours of the file are not neighbours of an epoch: of 895 steps some 2 would be by chance.
        Assert.IsLessThan(20, epochs[0].Zip(epochs[0].Skip(1)).Count(step => step.Second == step.First + 1));
    }

    [TestMethod]
    [DataRow(null)]
    [DataRow(160)]
    public void ReadEpoch_FromABatchOn_GoesOnWhereTheEpochWas(int? shuffleSize)
    {
        using var folder = new TemporaryFolder();
        var pairs = Open(folder, new() { ShuffleSize = shuffleSize, BatchSize = 16 });
        var all = Read(pairs, 2);
        foreach (var first in new[] { 1, 9, 10, 11, 62 })
            CollectionAssert.AreEqual(all[(first * 16)..], Read(pairs, 2, first));
    }

    [TestMethod]
    public void Create_WithinAndBeyondMemory_HoldsOutAndCountsTheSame()
    {
        using var folder = new TemporaryFolder();
        var (whole, pieces) = (Open(folder, new() { ValidationFraction = 0.2 }), Open(folder, new() { ValidationFraction = 0.2, ShuffleSize = 200 }));
        CollectionAssert.AreEqual(whole.Watched.GetRows(1, 0, whole.Watched.Count).ToArray(), pieces.Watched.GetRows(1, 0, pieces.Watched.Count).ToArray());
        CollectionAssert.AreEqual(whole.Statistics[0].Mean.ToArray(), pieces.Statistics[0].Mean.ToArray());
        CollectionAssert.AreEqual(whole.Statistics[1].GetVariances(), pieces.Statistics[1].GetVariances());
    }

    [TestMethod]
    [DataRow(Rows)]
    [DataRow(Rows - 1)]
    [DataRow(Rows + 1)]
    public void Create_AroundTheLimitOfMemory_LosesNothing(int shuffleSize)
    {
        using var folder = new TemporaryFolder();
        var pairs = Open(folder, new() { ShuffleSize = shuffleSize });
        Assert.AreEqual(shuffleSize >= Rows, pairs.IsInMemory);
        Assert.AreEqual(Rows, pairs.TrainedCount);
        Assert.AreEqual(Rows, pairs.Statistics[0].Count);
    }

    [TestMethod]
    public void LoadFromNpy_ShuffledCursors_ReadEveryRowOnceBlockByBlock()
    {
        // 15,000 rows of 28 bytes are two blocks of 256 KB.
        using var folder = new TemporaryFolder();
        var context = new MLContext();
        var data = Create(context, folder, 15_000);
        Assert.IsTrue(data.CanShuffle);
        var orders = Enumerable.Range(0, 8).Select(seed => ReadNumbers(data.GetRowCursor(data.Schema, new Random(seed)))).ToArray();
        foreach (var order in orders)
        {
            CollectionAssert.AreEquivalent(orders[0], order);
            Assert.HasCount(15_000, order.Distinct().ToArray());
            Assert.IsLessThan(3, order.Zip(order.Skip(1)).Count(step => step.Second != step.First + 1));
        }

        Assert.HasCount(2, orders.Select(order => order[0]).Distinct().ToArray());
        CollectionAssert.AreEqual(orders[3], ReadNumbers(data.GetRowCursor(data.Schema, new Random(3))));
        CollectionAssert.AreEquivalent(orders[0], data.GetRowCursorSet(data.Schema, 2, new Random(1)).SelectMany(ReadNumbers).ToArray());
    }

    private static int[] Read(TrainingPairs pairs, int epoch, long firstBatch = 0)
    {
        var numbers = new List<int>();
        foreach (var batch in pairs.ReadEpoch(epoch, firstBatch))
        {
            for (var row = 0; row < batch.Count; row++)
            {
                // Partners stay together.
                var number = GetNumber(batch.First[row]);
                Assert.AreEqual(number, GetNumber(batch.Second[row]));
                numbers.Add(number);
            }
        }

        return [.. numbers];
    }

    private static TrainingPairs Open(TemporaryFolder folder, TrainModalityNormalizationOptions options)
    {
        var context = new MLContext();
        var reader = new PairReader(((IHostEnvironment)context).Register("test"), Create(context, folder, Rows), ["Image", "Text"], normalizes: false, UnusableRows.Throw);
        return new TrainingPairs(reader, options with { NormalizeInput = false });
    }

    /// <summary>A file in which each row begins with its number.</summary>
    private static IDataView Create(MLContext context, TemporaryFolder folder, int rows)
    {
        var path = folder.File("pairs.npy");
        using (var stream = File.Create(path))
        {
            NpyHeader.Write(stream, NpyElementType.Float32, 2, rows, Dimension);
            for (var side = 1; side <= 2; side++)
            {
                for (var row = 0; row < rows; row++)
                    stream.Write(System.Runtime.InteropServices.MemoryMarshal.AsBytes<float>([row, side, row % 5, row % 7, 1, 2, 3]));
            }
        }

        return context.ModalityGap().LoadFromNpy(path);
    }

    private static int GetNumber(ReadOnlySpan<float> row) => (int)row[0];

    private static int[] ReadNumbers(DataViewRowCursor cursor)
    {
        using (cursor)
        {
            var getter = cursor.GetGetter<VBuffer<float>>(cursor.Schema["Image"]);
            VBuffer<float> row = default;
            var numbers = new List<int>();
            while (cursor.MoveNext())
            {
                getter(ref row);
                numbers.Add(GetNumber(row.GetValues()));
            }

            return [.. numbers];
        }
    }
}
