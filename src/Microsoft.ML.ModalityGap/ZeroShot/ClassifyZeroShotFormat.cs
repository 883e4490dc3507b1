namespace Microsoft.ML.ModalityGap;

/// <summary>What a <see cref="ClassifyZeroShotTransformer"/> stores in an ML.NET model, inside a <see cref="CheckedBlock"/>.</summary>
/// <remarks>
/// <code>
/// text      input column; texts predicted label, score; texts probability, similarity, top labels, top scores, label, empty for none
/// byte      mode: 0 single label, 1 multi-label
/// float32   logit scale; floats thresholds; int32 number of top labels
/// classes   ZeroShotClasses.Write
/// bool      whether there is an image map, and if so the map (EmbeddingMapFormat)
/// bool      whether there is a cache, and if so the cache (ZeroShotCache.Write); from layout version 2 on
/// </code>
/// </remarks>
internal static class ClassifyZeroShotFormat
{
    private static readonly BlockSignature _signature = new("MGZS", Version: 2);

    internal static void Write(Stream stream, ClassifyZeroShotTransformer transformer) => CheckedBlock.Write(stream, _signature, writer =>
    {
        var options = transformer.Options;
        writer.WriteText(transformer.InputColumnName);
        writer.WriteText(options.PredictedLabelColumnName);
        writer.WriteText(options.ScoreColumnName);
        writer.WriteText(options.ProbabilityColumnName ?? "");
        writer.WriteText(options.SimilarityColumnName ?? "");
        writer.WriteText(options.TopLabelsColumnName ?? "");
        writer.WriteText(options.TopScoresColumnName ?? "");
        writer.WriteText(options.LabelColumnName ?? "");
        writer.Write((byte)options.Mode);
        writer.WriteFloats([options.LogitScale]);
        writer.WriteFloats([.. options.Thresholds]);
        writer.Write(options.TopCount);
        transformer.Classes.Write(writer);
        writer.Write(options.ImageMap is not null);
        if (options.ImageMap is not null)
            EmbeddingMapFormat.Write(writer, options.ImageMap);
        writer.Write(transformer.Cache is not null);
        transformer.Cache?.Write(writer);
    });

    internal static (string InputColumnName, ZeroShotClasses Classes, ClassifyZeroShotOptions Options, ZeroShotCache? Cache) Read(Stream stream)
    {
        var reader = CheckedBlock.Read(stream, _signature, "zero-shot classifier");
        var inputColumnName = reader.ReadText();
        var options = new ClassifyZeroShotOptions
        {
            PredictedLabelColumnName = reader.ReadText(),
            ScoreColumnName = reader.ReadText(),
            ProbabilityColumnName = NullIfEmpty(reader.ReadText()),
            SimilarityColumnName = NullIfEmpty(reader.ReadText()),
            TopLabelsColumnName = NullIfEmpty(reader.ReadText()),
            TopScoresColumnName = NullIfEmpty(reader.ReadText()),
            LabelColumnName = NullIfEmpty(reader.ReadText()),
            Mode = (ZeroShotMode)reader.ReadByte(),
            LogitScale = reader.ReadFloats() is [var scale] ? scale : throw new InvalidDataException("The stored zero-shot classifier is damaged: it has no single logit scale."),
            Thresholds = reader.ReadFloats(),
            TopCount = reader.ReadInt32(),
        };
        var classes = ZeroShotClasses.Read(reader);
        if (reader.ReadBoolean())
            options = options with { ImageMap = EmbeddingMapFormat.Read(reader) };
        var cache = reader.Version >= 2 && reader.ReadBoolean() ? ZeroShotCache.Read(reader, classes) : null;
        if (cache is not null)
            options = options with { Cache = new ZeroShotCacheOptions { Weight = cache.Weight, Sharpness = cache.Sharpness } };
        reader.ExpectEnd();
        return (inputColumnName, classes, options, cache);
    }

    private static string? NullIfEmpty(string text) => text.Length == 0 ? null : text;
}
