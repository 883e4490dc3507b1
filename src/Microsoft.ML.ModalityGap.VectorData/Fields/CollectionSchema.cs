using Microsoft.Extensions.VectorData;
using Microsoft.Extensions.VectorData.ProviderServices;
using VectorDistance = Microsoft.Extensions.VectorData.DistanceFunction;

namespace Microsoft.ML.ModalityGap;

/// <summary>The key or a data property as it is kept.</summary>
internal sealed record ValueField(string Name, string Type, bool IsIndexed, bool IsFullTextIndexed)
{
    internal Type ClrType { get; } = FieldType.Parse(Type);
}

/// <summary>A vector property as it is kept.</summary>
internal sealed record VectorField(string Name, int Dimensions, string DistanceFunction)
{
    /// <summary>The names of the functions that are served.</summary>
    internal static IReadOnlyList<string> Served { get; } =
    [
        VectorDistance.CosineSimilarity, VectorDistance.CosineDistance, VectorDistance.DotProductSimilarity, VectorDistance.NegativeDotProductSimilarity, VectorDistance.EuclideanDistance, VectorDistance.EuclideanSquaredDistance,
    ];

    internal SimilarityMetric Metric => DistanceFunction is VectorDistance.CosineSimilarity or VectorDistance.CosineDistance ? SimilarityMetric.Cosine : SimilarityMetric.Dot;

    /// <summary>Whether smaller scores are nearer.</summary>
    internal bool IsDistance => IsEuclidean || DistanceFunction is VectorDistance.CosineDistance or VectorDistance.NegativeDotProductSimilarity;

    /// <summary>Whether rows are ranked by ‖q − g‖² = ‖q‖² − 2·(q·g − ½‖g‖²): by the inner product of rows with −½‖g‖² behind their values, and queries with 1.</summary>
    internal bool IsEuclidean => DistanceFunction is VectorDistance.EuclideanDistance or VectorDistance.EuclideanSquaredDistance;

    /// <summary>The values of a row of the search, of vectors of some dimensions.</summary>
    internal int GetRowDimension(int dimension) => IsEuclidean ? dimension + 1 : dimension;

    /// <summary>What the search holds of a vector.</summary>
    internal float[] ToRow(float[] vector) => IsEuclidean ? [.. vector, (float)(-0.5 * RowKernels.SquaredNormExact(vector))] : vector;

    /// <summary>What the search asks with.</summary>
    internal float[] ToQuery(float[] vector) => IsEuclidean ? [.. vector, 1] : vector;

    /// <summary>The score of a similarity; of rows of an Euclidean search see <see cref="GetDistance"/>.</summary>
    internal double ToScore(double similarity) => DistanceFunction switch
    {
        VectorDistance.CosineDistance => 1 - similarity,
        VectorDistance.NegativeDotProductSimilarity => -similarity,
        _ => similarity,
    };

    /// <summary>The Euclidean distance of a query and a row, taken from their differences: as a difference of products in float it would be lost where they are near.</summary>
    internal double GetDistance(ReadOnlySpan<float> query, ReadOnlySpan<float> row)
    {
        var sum = 0.0;
        for (var i = 0; i < query.Length - 1; i++)
            sum += ((double)query[i] - row[i]) * ((double)query[i] - row[i]);
        return DistanceFunction == VectorDistance.EuclideanDistance ? Math.Sqrt(sum) : sum;
    }
}

/// <summary>What the records of a collection are made of: the key, which is the first value, data, vectors; by their storage names.</summary>
internal sealed class CollectionSchema
{
    private readonly Dictionary<string, int> _values;
    private readonly Dictionary<string, int> _vectors;

    internal CollectionSchema(IReadOnlyList<ValueField> values, IReadOnlyList<VectorField> vectors)
    {
        (Values, Vectors) = (values, vectors);
        _values = values.Select((field, i) => (field.Name, i)).ToDictionary(entry => entry.Name, entry => entry.i, StringComparer.Ordinal);
        _vectors = vectors.Select((field, i) => (field.Name, i)).ToDictionary(entry => entry.Name, entry => entry.i, StringComparer.Ordinal);
    }

    /// <summary>The key and the data.</summary>
    internal IReadOnlyList<ValueField> Values { get; }

    internal IReadOnlyList<VectorField> Vectors { get; }

    internal static CollectionSchema Create(CollectionModel model) => new(
        [
            new ValueField(model.KeyProperty.StorageName, FieldType.FindName(model.KeyProperty.Type)!, IsIndexed: false, IsFullTextIndexed: false),
            .. model.DataProperties.Select(property => new ValueField(property.StorageName, FieldType.FindName(property.Type)!, property.IsIndexed, property.IsFullTextIndexed)),
        ],
        [.. model.VectorProperties.Select(property => new VectorField(property.StorageName, property.Dimensions, property.DistanceFunction ?? DistanceFunction.CosineSimilarity))]);

    /// <summary>The number of a value by its storage name; −1 where there is none.</summary>
    internal int FindValue(string name) => _values.GetValueOrDefault(name, -1);

    /// <summary>The number of a vector by its storage name.</summary>
    internal int GetVector(string name) => _vectors[name];

    /// <summary>By what another schema differs, or <see langword="null"/>; the order does not matter.</summary>
    internal string? DescribeDifference(CollectionSchema other) =>
        Values[0].Name != other.Values[0].Name || Values[0].Type != other.Values[0].Type
            ? $"its key is '{Values[0].Name}' ({Values[0].Type}), not '{other.Values[0].Name}' ({other.Values[0].Type})"
            : Describe(Values.ToHashSet(), other.Values.ToHashSet(), field => $"'{field.Name}' ({field.Type}{(field.IsIndexed ? ", indexed" : "")}{(field.IsFullTextIndexed ? ", full text" : "")})")
            ?? Describe(Vectors.ToHashSet(), other.Vectors.ToHashSet(), field => $"the vector '{field.Name}' ({field.Dimensions} dimensions, {field.DistanceFunction})");

    private static string? Describe<T>(HashSet<T> kept, HashSet<T> asked, Func<T, string> describe)
    {
        var (missing, extra) = (kept.Except(asked).Select(describe).ToArray(), asked.Except(kept).Select(describe).ToArray());
        return missing.Length + extra.Length == 0 ? null : string.Join("; ", new[]
        {
            missing.Length > 0 ? $"it has {string.Join(", ", missing)}" : "",
            extra.Length > 0 ? $"it does not have {string.Join(", ", extra)}" : "",
        }.Where(part => part.Length > 0));
    }
}
