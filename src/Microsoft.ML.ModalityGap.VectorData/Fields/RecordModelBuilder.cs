using Microsoft.Extensions.AI;
using Microsoft.Extensions.VectorData;
using Microsoft.Extensions.VectorData.ProviderServices;

namespace Microsoft.ML.ModalityGap;

/// <summary>Makes the model of a record type or definition, and says which types, distances and indexes there are.</summary>
internal sealed class RecordModelBuilder() : CollectionModelBuilder(new CollectionModelBuildingOptions { SupportsMultipleVectors = true, RequiresAtLeastOneVector = false })
{
    private const string VectorTypes = "ReadOnlyMemory<float>, float[], Embedding<float>";

    internal static bool IsNativeVector(Type type) =>
        type == typeof(ReadOnlyMemory<float>) || type == typeof(ReadOnlyMemory<float>?) || type == typeof(float[]) || type == typeof(Embedding<float>);

    protected override void ValidateKeyProperty(KeyPropertyModel keyProperty)
    {
        base.ValidateKeyProperty(keyProperty);
        if (!FieldType.IsKey(keyProperty.Type))
            throw new NotSupportedException($"The key '{keyProperty.ModelName}' is a {keyProperty.Type.Name}. A key is one of {FieldType.KeyTypes}.");
    }

    protected override void ValidateProperty(PropertyModel propertyModel, VectorStoreCollectionDefinition? definition)
    {
        base.ValidateProperty(propertyModel, definition);
        if (propertyModel is DataPropertyModel { IsFullTextIndexed: true } text && text.Type != typeof(string))
            throw new NotSupportedException($"'{text.ModelName}' is a {text.Type.Name}; only text (string) has a full-text index.");
        if (propertyModel is not VectorPropertyModel vector)
            return;
        if (vector.DistanceFunction is { } function && !VectorField.Served.Contains(function))
            throw new NotSupportedException($"'{vector.ModelName}' asks for the distance function '{function}'. There is {string.Join(", ", VectorField.Served)}; {VectorField.Served[0]} is the default.");

        if (vector.IndexKind is not (null or IndexKind.Flat))
            throw new NotSupportedException($"'{vector.ModelName}' asks for the index '{vector.IndexKind}'. Every search is exact: '{IndexKind.Flat}', or none named.");
    }

    protected override bool IsDataPropertyTypeValid(Type type, [System.Diagnostics.CodeAnalysis.NotNullWhen(false)] out string? supportedTypes)
    {
        supportedTypes = FieldType.DataTypes;
        return FieldType.FindName(type) is not null;
    }

    protected override bool IsVectorPropertyTypeValid(Type type, [System.Diagnostics.CodeAnalysis.NotNullWhen(false)] out string? supportedTypes)
    {
        supportedTypes = VectorTypes;
        return IsNativeVector(type);
    }
}
