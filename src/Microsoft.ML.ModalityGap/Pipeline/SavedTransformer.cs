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
        var isSmall = ModelArchive.Check(stream);

        // ML.NET makes a folder of temporary files to read a model from, and takes it away: longer than to read a small one.
        using (var repository = RepositoryReader.Open(stream, context, useFileSystem: !isSmall))
        {
            if (LoadMap(context, repository) is { } map)
                return map;
            if (ModelLoadContext.LoadModelOrNull<ITransformer, SignatureLoadModel>(context, out var model, repository, Folder))
                return model;
        }

        stream.Position = 0;
        return context.Model.Load(stream, out _);
    }

    /// <summary>A map that is the whole model, without ML.NET's catalogue of components: to look there, all that an assembly can load is registered first.</summary>
    private static EmbeddingMapTransformer? LoadMap(MLContext context, RepositoryReader repository)
    {
        using var entry = repository.OpenEntryOrNull(Folder, ModelLoadContext.ModelStreamName);
        if (entry is null)
            return null;
        using var model = new ModelLoadContext(repository, entry, Folder);
        if (ModelHeader.GetLoaderSig(ref model.Header) != EmbeddingMapTransformer.LoaderSignature)
            return null;
        var map = EmbeddingMapTransformer.Create(context, model);
        model.Done();
        return map;
    }
}
