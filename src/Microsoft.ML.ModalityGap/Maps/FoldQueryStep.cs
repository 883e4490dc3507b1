namespace Microsoft.ML.ModalityGap;

/// <summary>
/// Makes of a query what an inner-product store is asked with: <c>y = [u·x, 0, …, u, …, 0]</c>, the one u in the place of the query's modality among those that may ask. See <see cref="FoldGalleryStep"/>.
/// </summary>
public sealed class FoldQueryStep : EmbeddingMapStep
{
    internal const byte Id = 6;

    private readonly int _dimension;

    internal FoldQueryStep(int dimension, int placeCount, int place, float scale)
    {
        if (dimension < 1 || placeCount < 1 || place < 0 || place >= placeCount || !(scale > 0 && float.IsFinite(scale)))
            throw new ArgumentException($"A query of {dimension} dimensions cannot be folded with place {place} of {placeCount} and the scale {scale}.", nameof(place));
        (_dimension, PlaceCount, Place, Scale) = (dimension, placeCount, place, scale);
    }

    /// <summary>The number of modalities that may ask.</summary>
    public int PlaceCount { get; }

    /// <summary>The place of the query's own among them, from 0.</summary>
    public int Place { get; }

    /// <summary>u.</summary>
    public float Scale { get; }

    /// <inheritdoc />
    public override int? InputDimension => _dimension;

    /// <inheritdoc />
    public override string ToString() => $"FoldQuery({_dimension} + {PlaceCount})";

    internal override byte FormatId => Id;

    internal override int GetOutputDimension(int inputDimension) => inputDimension + PlaceCount;

    internal override void Apply(ReadOnlySpan<float> source, Span<float> destination)
    {
        System.Numerics.Tensors.TensorPrimitives.Multiply(source, Scale, destination[.._dimension]);
        destination[_dimension..].Fill(0 * source[0]);
        destination[_dimension + Place] += Scale;
    }

    // A row more of ones is not to be had by its batch, so the places come from the row: 0·x₀ + u, which is NaN only where the row is.
    internal override string AddTo(OnnxNodes nodes, string input, double largestNorm)
    {
        var places = new float[PlaceCount];
        places[Place] = Scale;
        var first = nodes.Add("Gather", [input, nodes.Constant((ReadOnlySpan<long>)[0L], 1)], ("axis", 1));
        var constants = nodes.Add("Add", [nodes.Add("Mul", [first, nodes.Constant([0f], 1)]), nodes.Constant(places, PlaceCount)]);
        var scaled = Scale == 1 ? input : nodes.Add("Mul", [input, nodes.Constant([Scale], 1)]);
        return nodes.Add("Concat", [scaled, constants], ("axis", 1));
    }

    internal override double GetLargestNorm(double largestNorm) => Scale * Math.Sqrt(1 + largestNorm * largestNorm);

    internal override void WriteParameters(BinaryWriter writer)
    {
        writer.Write(_dimension);
        writer.Write(PlaceCount);
        writer.Write(Place);
        writer.Write(Scale);
    }

    internal static FoldQueryStep Read(BlockReader reader)
    {
        var (dimension, placeCount, place, scale) = (reader.ReadInt32(), reader.ReadInt32(), reader.ReadInt32(), reader.ReadSingle());
        return dimension <= EmbeddingMapFormat.MaximumDimension && placeCount <= FoldGalleryStep.MaximumPlaces && place < placeCount
            ? new FoldQueryStep(dimension, placeCount, place, scale)
            : throw new InvalidDataException($"The stored step is damaged: it states {dimension} dimensions and place {place} of {placeCount}.");
    }
}
