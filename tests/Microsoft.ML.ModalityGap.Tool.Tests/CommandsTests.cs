using Microsoft.ML.Data;

namespace Microsoft.ML.ModalityGap.Tool.Tests;

[TestClass]
public class CommandsTests
{
    /// <summary>A line makes only the command it names; listed under another name than its own, none would be found.</summary>
    [TestMethod]
    public void EachCommand_IsListedUnderItsOwnName()
    {
        var console = new ToolConsole(TextWriter.Null, TextWriter.Null, outIsTerminal: false, errorIsTerminal: false);
        var names = ModalityGapCommand.CreateRoot(console).Subcommands.Select(command => command.Name).ToArray();
        Assert.IsGreaterThan(20, names.Length);
        foreach (var name in names)
            CollectionAssert.AreEqual(new[] { name }, ModalityGapCommand.CreateRoot(console, name).Subcommands.Select(command => command.Name).ToArray(), name);
    }

    [TestMethod]
    public void LoadedTransformer_IsWhatTheCatalogLoads()
    {
        using var folder = new WorkFolder();
        folder.WritePair();
        var map = folder.GetPath("map.zip");
        Assert.AreEqual(0, ToolRun.Execute(["fit", "--method", "center", .. folder.PairOptions, "--out", map]).ExitCode);
        var context = new MLContext();
        Assert.AreEqual(context.Model.Load(map, out _).ToString(), SavedTransformer.Load(context, map).ToString());

        // A chain, saved without a schema.
        var chain = new TransformerChain<ITransformer>(context.Model.Load(map, out _));
        var chained = folder.GetPath("chain.zip");
        context.Model.Save(chain, inputSchema: null, chained);
        Assert.HasCount(1, ModelFile.Load(context, chained).Transformers);
    }
}
