namespace Microsoft.ML.ModalityGap.Tests.ZeroShot;

[TestClass]
public class PromptTemplatesTests
{
    [TestMethod]
    public void Presets_HaveTheSizesStated()
    {
        Assert.HasCount(1, PromptTemplates.NameOnly);
        Assert.HasCount(1, PromptTemplates.Photo);
        Assert.HasCount(8, PromptTemplates.Compact);
        Assert.HasCount(80, PromptTemplates.Photographs);
    }

    [TestMethod]
    public void Fill_EveryPlaceholderAndNoOtherBrace_IsReplaced()
    {
        var templates = new PromptTemplates("{} or {0} in {braces}");
        CollectionAssert.AreEqual(new[] { "a {b} c or a {b} c in {braces}" }, templates.Fill("a {b} c").ToArray());
    }

    [TestMethod]
    public void Constructor_NoPlaceholder_NamesTheTemplate()
    {
        var exception = Assert.ThrowsExactly<ArgumentException>(() => new PromptTemplates("a {}.", "a photo of a cat."));
        Assert.Contains("Template 1, 'a photo of a cat.', has no placeholder", exception.Message);
    }

    [TestMethod]
    public void Constructor_NothingOrTheSameTwice_IsRefused()
    {
        Assert.Contains("At least one", Assert.ThrowsExactly<ArgumentException>(() => new PromptTemplates()).Message);
        Assert.Contains("weigh twice", Assert.ThrowsExactly<ArgumentException>(() => new PromptTemplates("{}", "a {}", "{}")).Message);
    }

    [TestMethod]
    public void FromFile_LinesAndFaults_AreReadAndNamed()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("templates.txt");
        File.WriteAllText(path, "a {}.\n\n  the {}, again  \n");
        CollectionAssert.AreEqual(new[] { "a {}.", "the {}, again" }, PromptTemplates.FromFile(path).ToArray());

        File.WriteAllText(path, "a {}.\nnothing here\n");
        var exception = Assert.ThrowsExactly<InvalidDataException>(() => PromptTemplates.FromFile(path));
        Assert.Contains("templates.txt", exception.Message);
        Assert.Contains("nothing here", exception.Message);
    }
}
