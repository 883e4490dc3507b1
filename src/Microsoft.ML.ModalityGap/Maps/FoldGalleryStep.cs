using System.Buffers;
using System.Numerics.Tensors;

namespace Microsoft.ML.ModalityGap;

/// <summary>
/// Makes of a gallery row what an inner-product store holds: <c>y = [v·x, −v·(bias_a(x) + m_a), …]</c>, the last for each modality a that may ask, with its bias from a bank of such queries
/// (<see cref="HubnessCorrection"/>). The inner product with a query behind a <see cref="FoldQueryStep"/> is its corrected score.
/// </summary>
/// <remarks>For unit rows; the one step that is no linear function of its row, and keeps a bank.</remarks>
public sealed class FoldGalleryStep : EmbeddingMapStep
{
    internal const byte Id = 7;

    /// <summary>Far above what may ask; low enough that a damaged number cannot ask for much memory.</summary>
    internal const int MaximumPlaces = 1024;

    private readonly int _dimension;
    private readonly (BankBias Bias, float Offset)[] _places;

    internal FoldGalleryStep(float scale, IReadOnlyList<(BankBias Bias, float Offset)> places, int dimension)
    {
        if (places.Count is 0 or > MaximumPlaces || places.Any(place => place.Bias.Dimension != dimension || !float.IsFinite(place.Offset)) || !(scale > 0 && float.IsFinite(scale)))
            throw new ArgumentException($"A row of {dimension} dimensions cannot be folded with {places.Count} banks and the scale {scale}.", nameof(places));
        (_dimension, Scale, _places) = (dimension, scale, [.. places]);
    }

    /// <summary>v.</summary>
    public float Scale { get; }

    /// <summary>The number of modalities that may ask.</summary>
    public int PlaceCount => _places.Length;

    /// <summary>Per modality that may ask its bias and m_a.</summary>
    internal IReadOnlyList<(BankBias Bias, float Offset)> Places => _places;

    /// <summary>What is taken from hubs.</summary>
    public HubnessCorrection Hubness => _places[0].Bias.Hubness;

    /// <inheritdoc />
    public override int? InputDimension => _dimension;

    /// <inheritdoc />
    public override string ToString() => $"FoldGallery({_dimension} + {PlaceCount}, {Hubness})";

    internal override byte FormatId => Id;

    internal override int GetOutputDimension(int inputDimension) => inputDimension + PlaceCount;

    internal override bool LikesBlocks => true;

    internal override void Apply(ReadOnlySpan<float> source, Span<float> destination) => ApplyRows(source, destination, 1);

    internal override void ApplyRows(ReadOnlySpan<float> source, Span<float> destination, int count)
    {
        var output = _dimension + _places.Length;
        for (var row = 0; row < count; row++)
            TensorPrimitives.Multiply(source.Slice(row * _dimension, _dimension), Scale, destination.Slice(row * output, _dimension));
        var rented = ArrayPool<float>.Shared.Rent(count);
        var biases = rented.AsSpan(0, count);
        for (var i = 0; i < _places.Length; i++)
        {
            _places[i].Bias.Compute(source, biases);
            for (var row = 0; row < count; row++)
                destination[row * output + _dimension + i] = -Scale * (biases[row] + _places[i].Offset);
        }

        ArrayPool<float>.Shared.Return(rented);
    }

    internal override string AddTo(OnnxNodes nodes, string input, double largestNorm) =>
        nodes.Add("Concat", [nodes.Add("Mul", [input, nodes.Constant([Scale], 1)]), .. _places.Select(place => AddPlace(nodes, input, place.Bias, place.Offset))], ("axis", 1));

    internal override double GetLargestNorm(double largestNorm) => double.PositiveInfinity;

    internal override void WriteParameters(BinaryWriter writer)
    {
        writer.Write(_dimension);
        writer.Write(Scale);
        Hubness.Write(writer);
        writer.Write(_places.Length);
        foreach (var (bias, offset) in _places)
        {
            bias.Write(writer);
            writer.Write(offset);
        }
    }

    internal static FoldGalleryStep Read(BlockReader reader)
    {
        try
        {
            var (dimension, scale, hubness) = (reader.ReadInt32(), reader.ReadSingle(), HubnessCorrection.Read(reader));
            var places = new (BankBias, float)[reader.ReadCount()];
            if (dimension is < 1 or > EmbeddingMapFormat.MaximumDimension || places.Length > MaximumPlaces)
                throw new InvalidDataException($"The stored step is damaged: it states {dimension} dimensions and {places.Length} banks.");
            for (var i = 0; i < places.Length; i++)
                places[i] = (BankBias.Read(reader, hubness, dimension), reader.ReadSingle());
            return new FoldGalleryStep(scale, places, dimension);
        }
        catch (ArgumentException exception)
        {
            throw new InvalidDataException($"The stored step is damaged: {exception.Message}", exception);
        }
    }

    /// <summary>−v·(bias + m) of each row, of shape (batch, 1).</summary>
    private string AddPlace(OnnxNodes nodes, string input, BankBias bias, float offset)
    {
        if (bias.Count == 0)
        {
            var zero = nodes.Add("Mul", [nodes.Add("Gather", [input, nodes.Constant((ReadOnlySpan<long>)[0L], 1)], ("axis", 1)), nodes.Constant([0f], 1)]);
            return nodes.Add("Add", [zero, nodes.Constant([-Scale * offset], 1)]);
        }

        var similarities = nodes.AddProduct(input, bias.Bank, bias.Count, _dimension);
        var counted = nodes.Add("Where", [nodes.Add("Greater", [similarities, nodes.Constant([BankBias.SameRow], 1)]), nodes.Constant([BankBias.OfItself], 1), similarities]);
        var strength = Scale * Hubness.Strength;
        if (Hubness.Kind == HubnessCorrectionKind.LocalScaling)
        {
            var neighbors = Math.Min(Hubness.Neighbors, bias.Count);
            return Affine(nodes.AddReduce("ReduceMean", nodes.AddLargest(counted, neighbors).Values), -strength / 2, -Scale * (double)offset);
        }

        // log(mean) = log(sum) − log B.
        var beta = Hubness.InverseTemperature;
        var logSum = nodes.AddReduce("ReduceLogSumExp", nodes.Add("Mul", [counted, nodes.Constant([(float)beta], 1)]));
        return Affine(logSum, -strength / beta, strength / beta * Math.Log(bias.Count) - Scale * (double)offset);

        string Affine(string value, double factor, double constant) =>
            nodes.Add("Add", [nodes.Add("Mul", [value, nodes.Constant([(float)factor], 1)]), nodes.Constant([(float)constant], 1)]);
    }
}
