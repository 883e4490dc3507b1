namespace Microsoft.ML.ModalityGap;

/// <summary>The maps in a transformer: where their outputs are, and what they are called.</summary>
internal static class ReportedMaps
{
    /// <summary>The column that holds an input column's embeddings after all maps of a chain.</summary>
    internal static string FindOutput(ITransformer transformer, string column)
    {
        foreach (var map in Find(transformer))
        {
            foreach (var (output, input) in map.Columns.Pairs)
            {
                if (input == column)
                {
                    column = output;
                    break;
                }
            }
        }

        return column;
    }

    /// <summary>What the last of the maps makes of similarities behind them, if anything, and what it calls the modalities.</summary>
    internal static (SimilarityCorrection? Correction, string First, string Second) FindCorrection(ITransformer transformer, string first, string second)
    {
        if (Find(transformer).LastOrDefault() is not { Correction: { } correction } last)
            return (null, first, second);
        string Name(string column) => last.Columns.Pairs.Where(pair => pair.Output == FindOutput(transformer, column)).Select(pair => pair.Input).FirstOrDefault(column);
        return (correction, Name(first), Name(second));
    }

    /// <summary>The steps and the fingerprint of every map.</summary>
    internal static string Describe(ITransformer transformer)
    {
        var maps = Find(transformer).SelectMany(map => map.Modalities)
            .Select(entry => $"{entry.Modality}: {(entry.Map.Steps.Count == 0 ? "no steps" : string.Join(" · ", entry.Map.Steps))}, fingerprint {entry.Map.Fingerprint}"
                + (entry.Statistics is { } statistics ? $", fitted on {Markup.Count(statistics.Count)} rows" : ""))
            .ToArray();
        return maps.Length > 0 ? string.Join("; ", maps) : $"none of this library's ({transformer.GetType().Name})";
    }

    private static IEnumerable<EmbeddingMapTransformer> Find(ITransformer transformer) => transformer switch
    {
        EmbeddingMapTransformer map => [map],
        IEnumerable<ITransformer> chain => chain.SelectMany(Find),
        _ => [],
    };
}
