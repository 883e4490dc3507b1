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

    /// <summary>What is made of similarities behind the last maps, where the model has that.</summary>
    internal SimilarityCorrection? Correction => Transformers[^1].Correction;

    /// <summary>The same with the correction folded into the maps, for a store that ranks by the inner product.</summary>
    internal ModelFile Fold(bool isGallery, IReadOnlyList<string> asking)
    {
        var last = Transformers[^1];
        return new ModelFile(Path, [.. _chain.Select(step => step != last ? step : isGallery ? last.PrepareGallery(asking) : last.PrepareQueries(asking))]) { AllowsMappedInput = AllowsMappedInput };
    }

    /// <param name="ml">The context.</param>
    /// <param name="path">The file.</param>
    /// <param name="allowsMappedInput">See <see cref="AllowsMappedInput"/>.</param>
    internal static ModelFile Load(MLContext ml, string path, bool allowsMappedInput = false)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ITransformer model;
        try
        {
            model = SavedTransformer.Load(ml, path);
        }
        catch (Exception exception) when (exception is not (FileNotFoundException or DirectoryNotFoundException or UnauthorizedAccessException))
        {
            var cause = ErrorReport.Unwrap(exception);
            throw new InvalidDataException($"'{path}' is no saved ML.NET model, or a damaged one: {ErrorReport.GetMessage(cause)}", exception);
        }

        var file = new ModelFile(path, [.. Flatten(model)]) { AllowsMappedInput = allowsMappedInput };
        return file.Transformers.Count > 0
            ? file
            : throw new InvalidDataException($"'{path}' is an ML.NET model without maps of embeddings; make one with 'modality-gap fit', or save a fitted CenterModalities.");
    }

    /// <summary>Writes a model that <c>mlContext.Model.Load</c> opens.</summary>
    internal static void Save(MLContext ml, EmbeddingMapTransformer transformer, DataViewSchema schema, string path) =>
        AtomicFile.Write(path, stream => ml.Model.Save(transformer, schema, stream));

    /// <summary>The map of a modality; where several transformers of a chain work on it one after the other, all of them.</summary>
    internal EmbeddingMap GetMap(string modality) => Resolve(modality).Map;

    /// <summary>The same with what the first of them was fitted on.</summary>
    internal ModalityMap GetEntry(string modality)
    {
        var (map, _, first) = Resolve(modality);
        return new ModalityMap(modality, map, first.Statistics) { ExpectedInput = AllowsMappedInput ? ModalityMap.AnyInput : first.ExpectedInput };
    }

    /// <summary>Whether the maps may be put on vectors that are mapped already: <c>--remap</c>.</summary>
    internal bool AllowsMappedInput { get; init; }

    /// <summary>Refuses vectors that are mapped already, unless by the maps that these were fitted behind.</summary>
    /// <param name="modality">Whose map is to be applied.</param>
    /// <param name="path">The file.</param>
    /// <param name="found">The fingerprint of its vectors, or <see langword="null"/>.</param>
    /// <exception cref="UsageException">The vectors are mapped already.</exception>
    internal void CheckInput(string modality, string path, string? found)
    {
        if (MapFingerprint.DescribeUnexpected($"'{path}'", found, GetEntry(modality).ExpectedInput, GetFingerprint(modality)) is { } reason)
            throw new UsageException($"{reason} Give the raw vectors, or --remap to map these again.");
    }

    /// <summary>What vectors of a modality carry behind the map: the joint fingerprint of all modalities' maps.</summary>
    internal string GetFingerprint(string modality) => Resolve(modality).Fingerprint;

    /// <summary>The fingerprint that vectors of all modalities carry behind their maps; <see langword="null"/> where a chain has several that end apart.</summary>
    internal string? FindFingerprint() => Transformers is [var only] ? only.Fingerprint : FirstNames.Select(GetFingerprint).Distinct(StringComparer.Ordinal).ToArray() is [var same] ? same : null;

    /// <summary>The map and what an ONNX model says of it.</summary>
    internal OnnxMap GetOnnxMap(string modality)
    {
        var (map, fingerprint, _) = Resolve(modality);
        return new OnnxMap(map, fingerprint, modality);
    }

    private (EmbeddingMap Map, string Fingerprint, ModalityMap First) Resolve(string modality)
    {
        ModalityMap? first = null;
        EmbeddingMap? map = null;
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

            first ??= entry;
            map = map is null ? entry.Map : map.Then(entry.Map);
            fingerprint = MapFingerprint.Then(fingerprint, transformer.Fingerprint);
            column = output;
            last = i;
        }

        return map is not null && fingerprint is not null && first is not null
            ? (map, fingerprint, first)
            : throw new InvalidDataException($"'{Path}' has no map for '{modality}'; it has '{string.Join("', '", Names)}'.");
    }

    /// <summary>The modalities there are maps for.</summary>
    internal IEnumerable<string> Names => Transformers.SelectMany(transformer => transformer.Modalities).Select(entry => entry.Modality).Distinct(StringComparer.Ordinal);

    /// <summary>The modalities that come as they are, not from maps before.</summary>
    private IEnumerable<string> FirstNames => Transformers[0].Modalities.Select(entry => entry.Modality);

    private static bool IsLong(EmbeddingMapTransformer transformer) => transformer.Columns.ModalityColumnName is not null;

    private static IEnumerable<ITransformer> Flatten(ITransformer transformer) =>
        transformer is IEnumerable<ITransformer> chain ? chain.SelectMany(Flatten) : [transformer];
}
