using System.Buffers.Binary;

namespace Microsoft.ML.ModalityGap.Tests.Retrieval;

/// <summary>Numbers that a float holds, but whose products it does not; and files that state more than they have.</summary>
[TestClass]
public class IndexRangeTests
{
    [TestMethod]
    [DataRow(SimilarityMetric.Dot)]
    [DataRow(SimilarityMetric.SignalToNoise)]
    public void Search_VectorsWhoseProductsLeaveFloat_AreRefused(SimilarityMetric metric)
    {
        var index = new EmbeddingIndex(2, new EmbeddingIndexOptions { Metric = metric });
        StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(() => index.Add("a", [3e38f, 1])).Message, "products of longer ones leave float's range");
        StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(() => index.AddRange(["a", "b"], [1, 2, -3e30f, 3e30f])).Message, "Row 1");
        index.AddRange(["a", "b"], [5e18f, 1, -5e18f, 8e18f]);
        Assert.ThrowsExactly<InvalidDataException>(() => index.Search([1e20f, 0], 1));

        // The longest that are taken have finite scores, in the right order.
        var found = index.Search([9e18f, 0], 2);
        Assert.IsTrue(found.All(neighbor => float.IsFinite(neighbor.Score)), string.Join(", ", found.Select(neighbor => neighbor.Score)));
        Assert.AreEqual("a", found[0].Id.ToString());
    }

    [TestMethod]
    public void Search_HugeVectorsUnderCosine_HaveADirection()
    {
        var index = new EmbeddingIndex(2);
        index.AddRange(["a", "b"], [3e38f, 3e38f, -3e38f, 3e38f]);
        Assert.AreEqual(1, index.Search([3e38f, 3e38f], 1)[0].Score, 1e-6);
    }

    /// <summary>The first numbers of the rows, behind the number of their part, in an index whose checksums are right.</summary>
    [TestMethod]
    [DataRow(IndexStorage.Float32, SimilarityMetric.Cosine, float.NaN)]
    [DataRow(IndexStorage.Float32, SimilarityMetric.Cosine, 2f)]
    [DataRow(IndexStorage.Float32, SimilarityMetric.Dot, float.NaN)]
    [DataRow(IndexStorage.Float32, SimilarityMetric.Dot, float.NegativeInfinity)]
    [DataRow(IndexStorage.Float32, SimilarityMetric.Dot, 3e38f)]
    [DataRow(IndexStorage.Float16, SimilarityMetric.SignalToNoise, float.NaN)]
    [DataRow(IndexStorage.Float16, SimilarityMetric.Dot, float.PositiveInfinity)]
    public void Load_RowsThatCannotHaveBeenAdded_AreRefused(IndexStorage storage, SimilarityMetric metric, float value)
    {
        var index = new EmbeddingIndex(8, new EmbeddingIndexOptions { Storage = storage, Metric = metric });
        index.AddRange([.. Enumerable.Range(0, 40).Select(i => $"{i}")], TestEmbeddings.Create(40, 8, seed: 1));
        using var stream = new MemoryStream();
        index.Save(stream);
        var bytes = storage == IndexStorage.Float32 ? BitConverter.GetBytes(value) : BitConverter.GetBytes((Half)value);
        var forged = Forgery.Change(
            stream.ToArray(),
            content =>
            {
                for (var i = 0; i < 4; i++)
                    bytes.CopyTo(content, sizeof(int) + (i * bytes.Length));
                return content;
            },
            block: 1);
        Assert.AreEqual(40, EmbeddingIndex.Load(new MemoryStream(stream.ToArray())).Count);
        StringAssert.Contains(Assert.ThrowsExactly<InvalidDataException>(() => EmbeddingIndex.Load(new MemoryStream(forged))).Message, "could not have been added");
    }

    /// <summary>The head of 33 KB says 65,536 dimensions, for which a chunk of 256 MB would be made.</summary>
    [TestMethod]
    public void Load_HeadThatClaimsMoreThanThereIs_TakesNoMemory()
    {
        var index = new EmbeddingIndex(8);
        index.AddRange(["a", "b"], TestEmbeddings.Create(2, 8, seed: 1));
        using var stream = new MemoryStream();
        index.Save(stream);
        var forged = Forgery.Change(stream.ToArray(), content =>
        {
            BinaryPrimitives.WriteInt32LittleEndian(content, EmbeddingIndex.MaximumDimension);
            return content;
        });
        var before = GC.GetAllocatedBytesForCurrentThread();
        StringAssert.Contains(Assert.ThrowsExactly<InvalidDataException>(() => EmbeddingIndex.Load(new MemoryStream(forged))).Message, "bytes of rows");
        Assert.IsLessThan(4L << 20, GC.GetAllocatedBytesForCurrentThread() - before);
    }
}
