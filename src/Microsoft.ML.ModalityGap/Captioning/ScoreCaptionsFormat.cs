namespace Microsoft.ML.ModalityGap;

/// <summary>What a <see cref="ScoreCaptionsTransformer"/> stores in an ML.NET model, inside a <see cref="CheckedBlock"/>.</summary>
/// <remarks>
/// <code>
/// text      image column; text column; score column; reference score column
/// byte      kind: 0 CLIP-S, 1 torchmetrics, 2 cosine, 3 I0T-S
/// int32     number of reference columns, their names as texts
/// bool      whether there is an image map, and if so the map (EmbeddingMapFormat); the same of the text map
/// </code>
/// </remarks>
internal static class ScoreCaptionsFormat
{
    private static readonly BlockSignature _signature = new("MGCS", Version: 1);

    internal static void Write(Stream stream, ScoreCaptionsTransformer transformer) => CheckedBlock.Write(stream, _signature, writer =>
    {
        var options = transformer.Options;
        writer.WriteText(transformer.ImageColumnName);
        writer.WriteText(transformer.TextColumnName);
        writer.WriteText(options.ScoreColumnName);
        writer.WriteText(options.ReferenceScoreColumnName);
        writer.Write((byte)options.Kind);
        writer.Write(options.ReferenceColumnNames.Count);
        foreach (var name in options.ReferenceColumnNames)
            writer.WriteText(name);
        foreach (var map in new[] { options.ImageMap, options.TextMap })
        {
            writer.Write(map is not null);
            if (map is not null)
                EmbeddingMapFormat.Write(writer, map);
        }
    });

    internal static (string ImageColumnName, string TextColumnName, ScoreCaptionsOptions Options) Read(Stream stream)
    {
        var reader = CheckedBlock.Read(stream, _signature, "caption scorer");
        var (image, text) = (reader.ReadText(), reader.ReadText());
        var options = new ScoreCaptionsOptions { ScoreColumnName = reader.ReadText(), ReferenceScoreColumnName = reader.ReadText(), Kind = (CaptionScoreKind)reader.ReadByte() };
        var references = new string[reader.ReadCount()];
        for (var i = 0; i < references.Length; i++)
            references[i] = reader.ReadText();
        options = options with
        {
            ReferenceColumnNames = references,
            ImageMap = reader.ReadBoolean() ? EmbeddingMapFormat.Read(reader) : null,
            TextMap = reader.ReadBoolean() ? EmbeddingMapFormat.Read(reader) : null,
        };
        reader.ExpectEnd();
        return (image, text, options);
    }
}
