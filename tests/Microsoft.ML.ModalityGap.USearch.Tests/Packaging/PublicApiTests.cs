namespace Microsoft.ML.ModalityGap.Tests.Packaging;

[TestClass]
public class PublicApiTests
{
    [TestMethod]
    public void PublicApi_IsTheRecordedOne() => PublicApi.Check(typeof(ApproximateIndex).Assembly);
}
