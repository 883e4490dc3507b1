using System.Numerics.Tensors;

namespace Microsoft.ML.ModalityGap.Tool;

/// <summary>Encodes what is left to do, a batch at a time.</summary>
internal sealed class Embedder
{
    // Rounds to infinity as float16.
    private const float Float16Limit = 65520;

    private readonly EmbeddingItems _items;
    private readonly ItemEncoder _encoder;
    private readonly EmbeddingOutput _output;
    private readonly NpyElementType _elementType;
    private readonly bool _skips;

    internal Embedder(EmbeddingItems items, ItemEncoder encoder, EmbeddingOutput output, NpyElementType elementType, bool skips)
    {
        (_items, _encoder, _output, _elementType, _skips) = (items, encoder, output, elementType, skips);
    }

    internal void Run(RowCounter counter, CancellationToken cancellationToken)
    {
        var rowSize = _encoder.Dimension * NpyHeader.GetElementSize(_elementType);
        var batch = new byte[_encoder.BatchSize * rowSize];
        var leftOut = new List<LeftOutItem>();
        var (items, rows) = (0, 0);
        _encoder.Encode(
            _output.Done,
            (item, embedding) =>
            {
                if (FindDefect(item, embedding) is { } defect)
                    leftOut.Add(new LeftOutItem(item, defect));
                else
                    WrittenColumn.Convert(embedding, _elementType, batch.AsSpan(rows++ * rowSize, rowSize));

                items++;
                if (items < _encoder.BatchSize && item + 1 < _items.Items.Count)
                    return;
                _output.Append(batch.AsSpan(0, rows * rowSize), items, leftOut);
                var done = items;
                (items, rows) = (0, 0);
                leftOut.Clear();
                counter.Add(done);
            },
            cancellationToken);

        if (_output.Rows == 0)
            throw new InvalidDataException($"None of the {_output.Done} {_items.Kind} could be used. The first: {_output.LeftOut[0].Reason}.");
    }

    /// <summary>Why there can be no row; <see langword="null"/> where there can.</summary>
    private string? FindDefect(int item, ReadOnlySpan<float> embedding)
    {
        string? defect = null;
        if (embedding.IsEmpty)
            defect = _encoder.Explain(item);
        else if (RowKernels.IndexOfNotFinite(embedding) >= 0)
            defect = $"the encoder makes NaN or infinity of {Describe(item)}";
        if (defect is not null)
            return _skips ? defect : throw new InvalidDataException($"Row {item}: {defect}. Mend it, or give --skip-unusable to leave it out.");

        if (_elementType == NpyElementType.Float16 && TensorPrimitives.MaxMagnitude(embedding) is var value && MathF.Abs(value) >= Float16Limit)
            throw new InvalidDataException($"Row {item}: the embedding of {Describe(item)} has the value {value}, too large for float16. Give --dtype float32.");
        return null;
    }

    private string Describe(int item) => _items.IsImages ? $"the image '{_items.Items[item]}'" : $"the text in line {item + 1} of '{_items.Origin}'";
}
