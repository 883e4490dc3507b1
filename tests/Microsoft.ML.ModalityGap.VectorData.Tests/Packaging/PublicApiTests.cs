namespace Microsoft.ML.ModalityGap.Tests.Packaging;

[TestClass]
public class PublicApiTests
{
    [TestMethod]
    public void PublicApi_IsTheRecordedOne() => PublicApi.Check(typeof(EmbeddingVectorStore).Assembly);

    [TestMethod]
    public void Keys_AreThoseOfThePackageOfGenerators() =>
        Assert.AreEqual((EmbeddingMapProperties.Fingerprint, EmbeddingMapProperties.Modality), (StatedEmbedding.FingerprintKey, StatedEmbedding.ModalityKey));
}
