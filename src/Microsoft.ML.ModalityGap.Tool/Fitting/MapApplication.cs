namespace Microsoft.ML.ModalityGap.Tool;

/// <summary>Brings maps of a model and columns of files together.</summary>
internal static class MapApplication
{
    /// <exception cref="InvalidDataException">A file has other dimensions than its map takes.</exception>
    /// <exception cref="UsageException">The vectors of a file are mapped already.</exception>
    internal static EmbeddingMapTransformer CreateTransformer(MLContext ml, ModelFile model, ModalityInput input)
    {
        foreach (var name in input.Names)
            Check(input, name, model);
        var fingerprints = input.Names.Select(model.GetFingerprint).Distinct(StringComparer.Ordinal).ToArray();
        return new EmbeddingMapTransformer(
            ml, ModalityColumns.PerColumn(input.Names), [.. input.Names.Select(model.GetEntry)], fingerprints is [var fingerprint] ? fingerprint : null, model.Correction);
    }

    /// <summary>The rows of one modality behind its map; as they are where there is no model.</summary>
    /// <inheritdoc cref="CreateTransformer" path="/exception" />
    internal static IDataView Apply(Session session, ModelFile? model, ModalityInput input, string name, RowCounter counter)
    {
        var rows = new WatchedDataView(input.GetView(name), counter);
        if (model is null)
            return rows;
        Check(input, name, model);
        return new EmbeddingMapTransformer(session.ML, ModalityColumns.PerColumn(name), [model.GetEntry(name)], model.GetFingerprint(name)).Transform(rows);
    }

    /// <summary>The same checks of one modality.</summary>
    internal static void Check(ModalityInput input, string modality, ModelFile model)
    {
        var map = model.GetMap(modality);
        if (input.GetDimension(modality) is var dimension && dimension != map.InputDimension)
        {
            throw new InvalidDataException(
                $"'{input.GetPath(modality)}' has {dimension} dimensions, but the map of '{modality}' in '{model.Path}' takes {map.InputDimension}.");
        }

        model.CheckInput(modality, input.GetPath(modality), input.FindFingerprint(modality));
    }
}
