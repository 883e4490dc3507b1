namespace Microsoft.ML.ModalityGap;

/// <summary>Sentences that come with a data set, as CLIP_benchmark's WebDatasets have them.</summary>
internal static class DataTemplates
{
    private const string FileName = "zeroshot_classification_templates.txt";

    internal static PromptTemplates? Find(string folder)
    {
        if (DataFolder.FindFile(folder, FileName) is not { } path)
            return null;

        // Theirs are Python's: {c} is where the name goes.
        return new PromptTemplates(Utf8Lines.Read(path).Where(line => line.Trim().Length > 0).Select(line => line.Trim().Replace("{c}", "{}", StringComparison.Ordinal)));
    }
}
