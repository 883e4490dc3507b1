namespace Microsoft.ML.ModalityGap;

/// <summary>What a collection does with vectors; fixed when it is created, and saved with it.</summary>
/// <param name="Model">Maps, and the correction of similarities where there is one.</param>
/// <param name="MapVectors">Whether vectors and queries are given without having come through the maps.</param>
/// <param name="ModalityField">The storage name of the data that says a record's modality.</param>
/// <param name="DefaultModality">The modality of records that say none.</param>
/// <param name="QueryModality">The modality of queries that say none.</param>
/// <param name="FingerprintField">The storage name of the data that says which maps a record's vectors came through.</param>
/// <param name="Storage">How rows are held for the search.</param>
internal sealed record CollectionSettings(
    EmbeddingMapTransformer? Model, bool MapVectors, string? ModalityField, string? DefaultModality, string? QueryModality, string? FingerprintField, IndexStorage Storage)
{
    internal SimilarityCorrection? Correction => Model?.Correction;

    /// <summary>The dimension of the rows searched, of vectors of some dimensions.</summary>
    internal int GetRowDimension(VectorField field) => MapVectors ? Model!.Modalities[0].Map.OutputDimension : field.Dimensions;

    /// <summary>What speaks against these settings for a schema, or <see langword="null"/>.</summary>
    internal string? Describe(CollectionSchema schema)
    {
        if (MapVectors && Model is null)
            return $"{nameof(EmbeddingCollectionOptions.MapVectors)} is set, but there is no {nameof(EmbeddingCollectionOptions.Model)} to map by";
        foreach (var (name, option) in new[] { (ModalityField, nameof(EmbeddingCollectionOptions.ModalityProperty)), (FingerprintField, nameof(EmbeddingCollectionOptions.FingerprintProperty)) })
        {
            if (name is not null && (schema.FindValue(name) < 1 || schema.Values[schema.FindValue(name)].ClrType != typeof(string)))
                return $"{option} is '{name}', but there is no data property of that name that is a text";
        }

        if (FingerprintField is not null && !schema.Values[schema.FindValue(FingerprintField)].IsIndexed)
            return $"'{FingerprintField}' says by which maps vectors may be compared, and filters ask for it: set IsIndexed";
        if (Storage != IndexStorage.Float32 && schema.Vectors.FirstOrDefault(field => field.IsEuclidean) is { } euclidean)
            return $"'{euclidean.Name}' asks for {euclidean.DistanceFunction}, for which rows are held as {IndexStorage.Float32}, but {nameof(EmbeddingCollectionOptions.Storage)} is {Storage}";
        if (Model is null)
            return null;
        foreach (var field in schema.Vectors)
        {
            var wrong = Model.Modalities.FirstOrDefault(entry => field.Dimensions != (MapVectors ? entry.Map.InputDimension : entry.Map.OutputDimension));
            if (wrong is not null)
            {
                return MapVectors
                    ? $"'{field.Name}' has {field.Dimensions} dimensions, but the map of '{wrong.Modality}' takes {wrong.Map.InputDimension}"
                    : $"'{field.Name}' has {field.Dimensions} dimensions, but the map of '{wrong.Modality}' yields {wrong.Map.OutputDimension} (vectors are to be given mapped; for others set {nameof(EmbeddingCollectionOptions.MapVectors)})";
            }

            if (Correction is not null && field.DistanceFunction != Microsoft.Extensions.VectorData.DistanceFunction.CosineSimilarity)
                return $"'{field.Name}' asks for {field.DistanceFunction}, but the model corrects cosines: take {Microsoft.Extensions.VectorData.DistanceFunction.CosineSimilarity}, or a model without a correction";
        }

        return null;
    }

    /// <summary>By what the wishes of another handle differ, or <see langword="null"/>; what it leaves out is as it was.</summary>
    internal string? DescribeDifference(CollectionSettings other)
    {
        if (other.Model is not null && other.Model.Fingerprint != Model?.Fingerprint)
            return $"its vectors came through {(Model is null ? "maps of which it knows nothing" : $"the maps {Model.Fingerprint}")}, but the options name the model {other.Model.Fingerprint}";
        if (other.Model is not null && other.MapVectors != MapVectors)
            return $"it was created with {nameof(EmbeddingCollectionOptions.MapVectors)} = {MapVectors}, the options say {other.MapVectors}";
        return other.ModalityField is not null && other.ModalityField != ModalityField ? $"its modality is in '{ModalityField ?? "no property"}', the options say '{other.ModalityField}'"
            : other.FingerprintField is not null && other.FingerprintField != FingerprintField ? $"its fingerprint is in '{FingerprintField ?? "no property"}', the options say '{other.FingerprintField}'"
            : null;
    }
}
