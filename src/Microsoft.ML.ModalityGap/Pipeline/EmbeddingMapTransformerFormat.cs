namespace Microsoft.ML.ModalityGap;

/// <summary>What an <see cref="EmbeddingMapTransformer"/> stores in an ML.NET model, inside a <see cref="CheckedBlock"/>.</summary>
/// <remarks>
/// <code>
/// text      modality column, empty in wide data
/// int32     number of embedding columns; per column: text output, text input
/// text      joint fingerprint (since version 2)
/// int32     number of modalities; per modality: text name, the map (EmbeddingMapFormat), bool, and if true the statistics (ModalityStatisticsFormat);
///           bool, and if true the text expected input (since version 3)
/// bool, and if true the correction (SimilarityCorrectionFormat; since version 3)
/// </code>
/// </remarks>
internal static class EmbeddingMapTransformerFormat
{
    private static readonly BlockSignature _signature = new("MGTR", Version: 3);

    internal static void Write(Stream stream, EmbeddingMapTransformer transformer) =>
        CheckedBlock.Write(stream, _signature, writer =>
        {
            var (columns, modalities) = (transformer.Columns, transformer.Modalities);
            writer.WriteText(columns.ModalityColumnName ?? "");
            writer.Write(columns.Pairs.Count);
            foreach (var (output, input) in columns.Pairs)
            {
                writer.WriteText(output);
                writer.WriteText(input);
            }

            writer.WriteText(transformer.Fingerprint);
            writer.Write(modalities.Count);
            foreach (var entry in modalities)
            {
                writer.WriteText(entry.Modality);
                EmbeddingMapFormat.Write(writer, entry.Map);
                writer.Write(entry.Statistics is not null);
                if (entry.Statistics is not null)
                    ModalityStatisticsFormat.Write(writer, entry.Statistics);
                writer.Write(entry.ExpectedInput is not null);
                if (entry.ExpectedInput is not null)
                    writer.WriteText(entry.ExpectedInput);
            }

            writer.Write(transformer.Correction is not null);
            if (transformer.Correction is not null)
                SimilarityCorrectionFormat.Write(writer, transformer.Correction);
        });

    internal static (ModalityColumns Columns, string? Fingerprint, ModalityMap[] Modalities, SimilarityCorrection? Correction) Read(Stream stream)
    {
        var reader = CheckedBlock.Read(stream, _signature, "embedding map transformer");
        var modalityColumn = reader.ReadText();
        var pairs = new (string Output, string Input)[reader.ReadCount()];
        for (var i = 0; i < pairs.Length; i++)
            pairs[i] = (reader.ReadText(), reader.ReadText());

        var fingerprint = reader.Version >= 2 ? reader.ReadText() : null;
        var modalities = new ModalityMap[reader.ReadCount()];
        for (var i = 0; i < modalities.Length; i++)
        {
            modalities[i] = new ModalityMap(
                reader.ReadText(), EmbeddingMapFormat.Read(reader), reader.ReadBoolean() ? ModalityStatisticsFormat.Read(reader) : null)
            {
                ExpectedInput = reader.Version >= 3 && reader.ReadBoolean() ? reader.ReadText() : null,
            };
        }

        var correction = reader.Version >= 3 && reader.ReadBoolean() ? SimilarityCorrectionFormat.Read(reader) : null;
        reader.ExpectEnd();
        return (ModalityColumns.Restore(pairs, modalityColumn), fingerprint, modalities, correction);
    }
}
