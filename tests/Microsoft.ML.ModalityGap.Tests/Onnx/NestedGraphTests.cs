namespace Microsoft.ML.ModalityGap.Tests.Onnx;

/// <summary>Branches within branches: each level of them is a call, and the stack has an end.</summary>
[TestClass]
public class NestedGraphTests
{
    [TestMethod]
    [DataRow(100)]
    [DataRow(10_000)]
    public void Read_MoreGraphsWithinEachOtherThanAnyModelHas_IsRefused(int depth)
    {
        var model = NestedGraphs.Create(depth);
        foreach (var read in new Action[] { () => OnnxGraph.FindExternalData(model), () => OnnxGraph.Extract(model, "y"), () => new OnnxGraphRewriter { Rename = name => name + "_" }.Rewrite(OnnxGraph.FindGraph(model)) })
            StringAssert.Contains(Assert.ThrowsExactly<InvalidDataException>(read).Message, "graphs within each other");
    }

    /// <summary>As deep as ONNX Runtime reads.</summary>
    [TestMethod]
    public void Read_33GraphsWithinEachOther_IsDone()
    {
        Assert.IsNull(OnnxGraph.FindExternalData(NestedGraphs.Create(33)));
        Assert.IsNotNull(new OnnxGraphRewriter { Rename = name => name + "_" }.Rewrite(OnnxGraph.FindGraph(NestedGraphs.Create(33))));
    }
}
