namespace Microsoft.ML.ModalityGap.Tool;

/// <summary>Brings maps of a model and columns of files together.</summary>
internal static class MapApplication
{
    internal static EmbeddingMapTransformer CreateTransformer(MLContext ml, ModelFile model, ModalityInput input)
    {
        var modalities = input.Names.Select(name => new ModalityMap(name, model.GetMap(name), model.GetStatistics(name))).ToArray();
        foreach (var entry in modalities)
            CheckDimension(input, entry.Modality, entry.Map, model.Path);
        return ml.ModalityGap().CreateTransformer(ModalityColumns.PerColumn(input.Names), modalities);
    }

    internal static void CheckDimension(ModalityInput input, string modality, EmbeddingMap map, string mapPath)
    {
        if (input.GetDimension(modality) is var dimension && dimension != map.InputDimension)
        {
            throw new InvalidDataException(
                $"'{input.GetPath(modality)}' has {dimension} dimensions, but the map of '{modality}' in '{mapPath}' takes {map.InputDimension}.");
        }
    }
}
