using Microsoft.Extensions.AI;
using Microsoft.Extensions.VectorData.ProviderServices;

namespace Microsoft.ML.ModalityGap;

/// <summary>Between users' records and what is kept of them.</summary>
internal sealed class RecordMapper<TRecord>(CollectionModel model, CollectionSchema schema)
    where TRecord : class
{
    private readonly PropertyModel[] _values = [.. schema.Values.Select(field => model.Properties.Single(property => property.StorageName == field.Name))];
    private readonly VectorPropertyModel[] _vectors = [.. schema.Vectors.Select(field => model.VectorProperties.Single(property => property.StorageName == field.Name))];

    /// <summary>Takes what is to be kept, with vectors made where properties hold what they are made of: one call per property for all records.</summary>
    internal async Task<IReadOnlyList<(object?[] Values, StatedEmbedding?[] Vectors)>> ReadAsync(IReadOnlyList<TRecord> records, CancellationToken cancellationToken)
    {
        var kept = records.Select(record => (Values: ReadValues(record), Vectors: new StatedEmbedding?[_vectors.Length])).ToArray();
        for (var i = 0; i < _vectors.Length; i++)
        {
            var contents = records.Select(_vectors[i].GetValueAsObject).ToArray();
            if (RecordModelBuilder.IsNativeVector(_vectors[i].Type))
            {
                for (var row = 0; row < kept.Length; row++)
                    kept[row].Vectors[i] = StatedEmbedding.FromNative(contents[row]);
                continue;
            }

            var places = Enumerable.Range(0, contents.Length).Where(row => contents[row] is not null).ToArray();
            var embeddings = places.Length == 0 ? [] : await GenerateAsync(_vectors[i], [.. places.Select(row => contents[row]!)], cancellationToken).ConfigureAwait(false);
            if (embeddings.Count != places.Length)
                throw new InvalidOperationException($"The generator of '{_vectors[i].ModelName}' made {embeddings.Count} embeddings of {places.Length} values.");
            for (var place = 0; place < places.Length; place++)
                kept[places[place]].Vectors[i] = StatedEmbedding.From(embeddings[place]);
        }

        return kept;
    }

    /// <summary>Makes a record of what is kept.</summary>
    internal TRecord Create(StoredRecord stored, bool includeVectors)
    {
        var record = model.CreateRecord<TRecord>() ?? throw new InvalidOperationException($"{typeof(TRecord).Name} cannot be made.");
        for (var i = 0; i < _values.Length; i++)
            _values[i].SetValueAsObject(record, FieldType.Copy(stored.Values[i]));
        for (var i = 0; includeVectors && i < _vectors.Length; i++)
        {
            if (stored.Vectors[i] is { } vector)
                _vectors[i].SetValueAsObject(record, vector.ToNative(Nullable.GetUnderlyingType(_vectors[i].Type) ?? _vectors[i].Type));
        }

        return record;
    }

    /// <exception cref="NotSupportedException">Vectors are asked for, but properties hold what they are made of, which is not kept.</exception>
    internal void CheckVectors(bool includeVectors)
    {
        if (includeVectors && model.EmbeddingGenerationRequired)
            throw new NotSupportedException(VectorDataStrings.IncludeVectorsNotSupportedWithEmbeddingGeneration);
    }

    /// <summary>The vector of what is searched for.</summary>
    /// <exception cref="InvalidOperationException">No generator takes such a value.</exception>
    internal static async Task<StatedEmbedding> CreateQueryAsync<TInput>(VectorPropertyModel property, TInput value, CancellationToken cancellationToken)
        where TInput : notnull
    {
        if (value is float[] or ReadOnlyMemory<float> or Embedding<float>)
            return StatedEmbedding.FromNative(value) ?? throw new ArgumentException("The vector searched for is empty.", nameof(value));
        return property.EmbeddingGenerator is null
            ? throw new NotSupportedException(VectorDataStrings.InvalidSearchInputAndNoEmbeddingGeneratorWasConfigured(value.GetType(), "ReadOnlyMemory<float>, float[], Embedding<float>"))
            : property.EmbeddingGenerator is IEmbeddingGenerator<TInput, Embedding<float>> generator
                ? StatedEmbedding.From((await generator.GenerateAsync([value], options: null, cancellationToken).ConfigureAwait(false))[0])
                : StatedEmbedding.From((await GenerateAsync(property, [value], cancellationToken).ConfigureAwait(false))[0]);
    }

    /// <summary>By the values' type, so that a generator of texts and images takes both.</summary>
    private static async Task<IReadOnlyList<Embedding<float>>> GenerateAsync(VectorPropertyModel property, IReadOnlyList<object> values, CancellationToken cancellationToken) => property.EmbeddingGenerator switch
    {
        IEmbeddingGenerator<DataContent, Embedding<float>> images when values.All(value => value is DataContent) =>
            await images.GenerateAsync(values.Cast<DataContent>(), options: null, cancellationToken).ConfigureAwait(false),
        IEmbeddingGenerator<string, Embedding<float>> texts when values.All(value => value is string) =>
            await texts.GenerateAsync(values.Cast<string>(), options: null, cancellationToken).ConfigureAwait(false),
        _ when property.EmbeddingGenerationDispatcher is not null => [.. (await property.GenerateEmbeddingsAsync(values, cancellationToken).ConfigureAwait(false)).Cast<Embedding<float>>()],
        { } other => throw new NotSupportedException(VectorDataStrings.IncompatibleEmbeddingGeneratorWasConfiguredForInputType(values[0].GetType(), other.GetType())),
        null => throw new NotSupportedException(VectorDataStrings.UnsupportedVectorPropertyWithoutEmbeddingGenerator(property)),
    };

    private object?[] ReadValues(TRecord record)
    {
        var key = (KeyPropertyModel)_values[0];
        if (key.IsAutoGenerated && (key.GetValueAsObject(record) is null || key.GetValueAsObject(record) is Guid given && given == Guid.Empty))
            key.SetValueAsObject(record, Guid.NewGuid());
        object?[] values = [.. _values.Select(property => FieldType.Copy(property.GetValueAsObject(record)))];
        for (var i = 0; i < values.Length; i++)
        {
            if (values[i] is null ? i == 0 || (schema.Values[i].ClrType.IsValueType && Nullable.GetUnderlyingType(schema.Values[i].ClrType) is null) : !schema.Values[i].ClrType.IsInstanceOfType(values[i]))
            {
                throw new ArgumentException(
                    $"The record's '{_values[i].ModelName}' is {(values[i] is { } wrong ? $"a {wrong.GetType().Name}" : "null")}, but it is to be a {schema.Values[i].ClrType.Name}{(i == 0 ? ", by which the record is found" : "")}.", nameof(record));
            }
        }

        return values;
    }
}
