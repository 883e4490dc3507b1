namespace Microsoft.ML.ModalityGap;

/// <summary>What a <see cref="RetrieveNearestTransformer"/> stores in an ML.NET model: a block of its options, then the index's blocks.</summary>
/// <remarks>
/// <code>
/// block MGNN: text input, ids and scores column, int32 k, byte unusable rows
///             int32 number of modalities (-1 for all), per modality its text; bool, and if true the rescorer (RescorerFormat)
///             since version 2: text query modality (empty for none), bool whether the correction is used, double least score, double least probability (NaN for none)
///             since version 3: text probabilities column; models of before write none
///             since version 4: bool whether the index's first pass is used, int32 candidates of an approximate one (0 for the default)
/// then the index (EmbeddingIndexFormat)
/// </code>
/// </remarks>
internal static class RetrieveNearestFormat
{
    private static readonly BlockSignature _signature = new("MGNN", Version: 4);

    internal static void Write(Stream stream, RetrieveNearestTransformer transformer)
    {
        var options = transformer.Options;
        CheckedBlock.Write(stream, _signature, writer =>
        {
            writer.WriteText(transformer.InputColumnName);
            writer.WriteText(options.IdsColumnName);
            writer.WriteText(options.ScoresColumnName);
            writer.Write(options.K);
            writer.Write((byte)options.UnusableRows);
            writer.Write(options.Modalities?.Count ?? -1);
            foreach (var name in options.Modalities ?? [])
                writer.WriteText(name);
            writer.Write(options.Rescorer is not null);
            if (options.Rescorer is not null)
                RescorerFormat.Write(writer, options.Rescorer);
            writer.WriteText(options.QueryModality ?? "");
            writer.Write(options.UseCorrection);
            writer.Write(options.MinimumScore ?? double.NaN);
            writer.Write(options.MinimumProbability ?? double.NaN);
            writer.WriteText(transformer.WritesProbabilities ? options.ProbabilitiesColumnName : "");
            writer.Write(options.UseFirstPass);
            writer.Write(options.ApproximateCandidates ?? 0);
        });
        transformer.Index.Save(stream);
    }

    internal static (EmbeddingIndex Index, string InputColumnName, RetrieveNearestOptions Options, bool WritesProbabilities) Read(Stream stream)
    {
        var reader = CheckedBlock.Read(stream, _signature, "nearest-embeddings transformer");
        var inputColumnName = reader.ReadText();
        var (ids, scores, k, unusableRows) = (reader.ReadText(), reader.ReadText(), reader.ReadInt32(), (UnusableRows)reader.ReadByte());
        string[]? modalities = null;
        if (reader.ReadInt32() is var count and >= 0)
        {
            var names = new List<string>();
            while (names.Count < count)
                names.Add(reader.ReadText());
            modalities = [.. names];
        }

        var rescorer = reader.ReadBoolean() ? RescorerFormat.Read(reader) : null;
        var (queryModality, useCorrection, score, probability) = reader.Version >= 2
            ? (reader.ReadText(), reader.ReadBoolean(), reader.ReadDouble(), reader.ReadDouble())
            : ("", true, double.NaN, double.NaN);
        var probabilities = reader.Version >= 3 ? reader.ReadText() : "";
        var (useFirstPass, candidates) = reader.Version >= 4 ? (reader.ReadBoolean(), reader.ReadInt32()) : (true, 0);
        reader.ExpectEnd();
        var options = new RetrieveNearestOptions
        {
            IdsColumnName = ids,
            ScoresColumnName = scores,
            ProbabilitiesColumnName = probabilities.Length > 0 ? probabilities : RetrieveNearestOptions.Default.ProbabilitiesColumnName,
            K = k,
            UnusableRows = unusableRows,
            Modalities = modalities,
            Rescorer = rescorer,
            QueryModality = queryModality.Length == 0 ? null : queryModality,
            UseCorrection = useCorrection,
            UseFirstPass = useFirstPass,
            ApproximateCandidates = candidates == 0 ? null : candidates,
            MinimumScore = double.IsNaN(score) ? null : score,
            MinimumProbability = double.IsNaN(probability) ? null : probability,
        };
        return (EmbeddingIndex.Load(stream), inputColumnName, options, probabilities.Length > 0);
    }
}
