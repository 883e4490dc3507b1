namespace Microsoft.ML.ModalityGap.Tests.ZeroShot;

/// <summary>The C# in docs/zeroshot.md and docs/captions.md is that of the sample, which is built with the solution: so it compiles.</summary>
[TestClass]
public class DocumentationTests
{
    [TestMethod]
    [DataRow("zeroshot.md")]
    [DataRow("captions.md")]
    public void Examples_StandInTheSample(string document) =>
        DocumentedCode.Check(document, Path.Combine("samples", "ZeroShot"), minimumBlocks: 3);
}
