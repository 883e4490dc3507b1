namespace Microsoft.ML.ModalityGap.Tests.Persistence;

/// <summary>What is stored can be loaded: a number of keys that no reader takes is not written.</summary>
[TestClass]
public sealed class KeyCountTests
{
    [TestMethod]
    public void Write_MoreKeysThanAReaderTakes_IsRefusedBeforeAnythingIsWritten()
    {
        var index = new EmbeddingIndex(4);
        index.Add(1, [1, 0, 0, 0], "Image");
        using var approximate = ApproximateIndex.Create(index);
        using var stream = new MemoryStream();
        var most = (16 << 20) + 15;
        Assert.IsTrue(ApproximateIndexFormat.IsAcceptable(most, 1));
        var exception = Assert.ThrowsExactly<InvalidOperationException>(() => ApproximateIndexFormat.Write(stream, approximate, null, [0], most + 1, []));
        Assert.Contains("again", exception.Message);
        Assert.AreEqual(0, stream.Length);
    }
}
