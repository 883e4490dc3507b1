namespace Microsoft.ML.ModalityGap;

/// <summary>Loads the transformer of a saved model, where nobody asks what data it was saved with.</summary>
internal static class SavedTransformer
{
    // Where mlContext.Model.Save puts a transformer; what a data loader was saved with lies elsewhere.
    private const string Folder = "TransformerChain";

    /// <summary>What <c>mlContext.Model.Load(path, out _)</c> gives. To read the schema, which that does as well, takes as long as the model itself where both are small.</summary>
    internal static ITransformer Load(MLContext context, string path)
    {
        using var stream = InputFile.OpenRead(path);
        ModelArchive.Check(stream);
        using (var repository = RepositoryReader.Open(stream, context))
        {
            if (ModelLoadContext.LoadModelOrNull<ITransformer, SignatureLoadModel>(context, out var model, repository, Folder))
                return model;
        }

        stream.Position = 0;
        return context.Model.Load(stream, out _);
    }
}
