namespace Microsoft.ML.ModalityGap.Tests.Pipeline;

/// <summary>Models whose components stand in another package. These tests are without the package of encoders, as an application with the core alone is.</summary>
[TestClass]
public class PackagedComponentTests
{
    public static IEnumerable<object[]> Models => Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "Golden", "Packaged"), "*.bin").Select(file => new object[] { file });

    [TestMethod]
    [DynamicData(nameof(Models))]
    public void Load_WithoutThePackage_SaysWhichToAdd(string file)
    {
        var error = Assert.Throws<Exception>(() => new MLContext().Model.Load(file, out _)).GetBaseException();

        // What the loader of assemblies said stands inside.
        Assert.IsInstanceOfType<FileNotFoundException>(error);
        var message = Messages(Assert.Throws<Exception>(() => new MLContext().Model.Load(file, out _))).First(text => text.Contains("dotnet add package", StringComparison.Ordinal));
        Assert.Contains("dotnet add package Microsoft.ML.ModalityGap.Clip", message);
    }

    [TestMethod]
    public void Load_OfAnAssemblyThatIsNotOurs_IsRefused()
    {
        var file = (string)Models.First()[0];
        using var folder = new TemporaryFolder();
        var copy = folder.File("model.zip");
        File.Copy(file, copy);
        ReplaceInEntries(copy, "Microsoft.ML.ModalityGap.Clip"u8.ToArray(), "Microsoft.XX.ModalityGap.Clip"u8.ToArray());

        var error = Assert.Throws<Exception>(() => new MLContext().Model.Load(copy, out _)).GetBaseException();

        Assert.IsInstanceOfType<InvalidDataException>(error);
        Assert.Contains("does not say which package", error.Message);
    }

    private static IEnumerable<string> Messages(Exception? error)
    {
        for (; error is not null; error = error.InnerException)
            yield return error.Message;
    }

    private static void ReplaceInEntries(string path, byte[] old, byte[] replacement)
    {
        using var archive = System.IO.Compression.ZipFile.Open(path, System.IO.Compression.ZipArchiveMode.Update);
        foreach (var entry in archive.Entries.Where(entry => entry.FullName.EndsWith("Model.key", StringComparison.Ordinal)))
        {
            var bytes = new byte[entry.Length];
            using var content = entry.Open();
            content.ReadExactly(bytes);
            for (var at = bytes.AsSpan().IndexOf(old); at >= 0; at = bytes.AsSpan().IndexOf(old))
                replacement.CopyTo(bytes, at);
            content.Position = 0;
            content.Write(bytes);
        }
    }
}
