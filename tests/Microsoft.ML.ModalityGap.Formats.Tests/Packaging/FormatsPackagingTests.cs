namespace Microsoft.ML.ModalityGap.Tests.Packaging;

[TestClass]
public class FormatsPackagingTests
{
    [TestMethod]
    public void PublicApi_IsTheRecordedOne() => PublicApi.Check(typeof(TableFilesCatalog).Assembly);

    [TestMethod]
    public void Library_NonPublicMembersOfMLNet_AreThoseListed() => MLNetInternals.Check(typeof(TableFilesCatalog).Assembly);
}
