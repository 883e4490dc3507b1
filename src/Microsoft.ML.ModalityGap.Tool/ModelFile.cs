namespace Microsoft.ML.ModalityGap.Tool;

/// <summary>A saved ML.NET model and the maps in it: a lone <see cref="EmbeddingMapTransformer"/>, or a chain with some among its transformers.</summary>
internal sealed class ModelFile
{
    private readonly ITransformer[] _chain;

    private ModelFile(string path, ITransformer[] chain)
    {
        Path = path;
        _chain = chain;
        Transformers = [.. chain.OfType<EmbeddingMapTransformer>()];
    }

    internal string Path { get; }

    /// <summary>The transformers with maps, in the order they are applied; at least one.</summary>
    internal IReadOnlyList<EmbeddingMapTransformer> Transformers { get; }

    internal static ModelFile Load(MLContext ml, string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ITransformer model;
        try
        {
            model = ml.Model.Load(path, out _);
        }
        catch (Exception exception) when (exception is not (FileNotFoundException or DirectoryNotFoundException or UnauthorizedAccessException))
        {
            var cause = ErrorReport.Unwrap(exception);
            throw new InvalidDataException($"'{path}' is no saved ML.NET model, or a damaged one: {ErrorReport.GetMessage(cause)}", exception);
        }

        var file = new ModelFile(path, [.. Flatten(model)]);
        return file.Transformers.Count > 0
            ? file
            : throw new InvalidDataException($"'{path}' is an ML.NET model without maps of embeddings; make one with 'modality-gap fit', or save a fitted CenterModalities.");
    }

    /// <summary>Writes a model that <c>mlContext.Model.Load</c> opens.</summary>
    internal static void Save(MLContext ml, EmbeddingMapTransformer transformer, DataViewSchema schema, string path) =>
        AtomicFile.Write(path, stream => ml.Model.Save(transformer, schema, stream));

    /// <summary>The map of a modality; where several transformers of a chain work on it one after the other, all of them.</summary>
    internal EmbeddingMap GetMap(string modality) => Resolve(modality).Map;

    /// <summary>What the map of a modality was fitted on, where that is known: of a chain, its first.</summary>
    internal ModalityStatistics? GetStatistics(string modality) => Resolve(modality).Statistics;

    /// <summary>What vectors of a modality carry behind the map: the joint fingerprint of all modalities' maps.</summary>
    internal string GetFingerprint(string modality) => Resolve(modality).Fingerprint;

    /// <summary>The map and what an ONNX model says of it.</summary>
    internal OnnxMap GetOnnxMap(string modality)
    {
        var (map, fingerprint, _) = Resolve(modality);
        return new OnnxMap(map, fingerprint, modality);
    }

    private (EmbeddingMap Map, string Fingerprint, ModalityStatistics? Statistics) Resolve(string modality)
    {
        EmbeddingMap? map = null;
        ModalityStatistics? statistics = null;
        string? fingerprint = null;
        string? column = null;
        var last = -1;
        for (var i = 0; i < _chain.Length; i++)
        {
            if (_chain[i] is not EmbeddingMapTransformer transformer
                || transformer.Modalities.FirstOrDefault(entry => entry.Modality == (IsLong(transformer) ? modality : column ?? modality)) is not { } entry)
            {
                continue;
            }

            var (output, input) = transformer.Columns.Pairs.First(pair => IsLong(transformer) || pair.Input == entry.Modality);
            if (map is not null)
            {
                if (input != column)
                    continue;
                if (_chain.AsSpan(last + 1, i - last - 1).ToArray().FirstOrDefault(step => step is not EmbeddingMapTransformer) is { } other)
                {
                    throw new InvalidDataException(
                        $"In '{Path}' a {other.GetType().Name} stands between two maps of '{modality}'; only maps that follow each other can be applied to a file.");
                }
            }

            statistics = map is null ? entry.Statistics : statistics;
            map = map is null ? entry.Map : map.Then(entry.Map);
            fingerprint = MapFingerprint.Then(fingerprint, transformer.Fingerprint);
            column = output;
            last = i;
        }

        return map is not null && fingerprint is not null
            ? (map, fingerprint, statistics)
            : throw new InvalidDataException($"'{Path}' has no map for '{modality}'; it has '{string.Join("', '", Names)}'.");
    }

    /// <summary>The modalities there are maps for.</summary>
    internal IEnumerable<string> Names => Transformers.SelectMany(transformer => transformer.Modalities).Select(entry => entry.Modality).Distinct(StringComparer.Ordinal);

    private static bool IsLong(EmbeddingMapTransformer transformer) => transformer.Columns.ModalityColumnName is not null;

    private static IEnumerable<ITransformer> Flatten(ITransformer transformer) =>
        transformer is IEnumerable<ITransformer> chain ? chain.SelectMany(Flatten) : [transformer];
}
