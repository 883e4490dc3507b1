namespace Microsoft.ML.ModalityGap.Tests.Packaging;

[TestClass]
public class ClipPackagingTests
{
    [TestMethod]
    public void PublicApi_IsTheRecordedOne() => PublicApi.Check(typeof(EncodeWithOnnxTransformer).Assembly);

    [TestMethod]
    public void Library_NonPublicMembersOfMLNet_AreThoseListed() => MLNetInternals.Check(typeof(EncodeWithOnnxTransformer).Assembly);
}
