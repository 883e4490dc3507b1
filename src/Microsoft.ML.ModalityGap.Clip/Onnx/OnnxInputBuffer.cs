using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using Microsoft.ML.Data;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Microsoft.ML.ModalityGap;

/// <summary>Reads the current row's value into a place of the batch.</summary>
internal delegate void BatchRowReader(int index);

/// <summary>The values of one input for a batch of rows, in the model's element type.</summary>
internal abstract class OnnxInputBuffer
{
    /// <summary>Makes the reader that takes a row's value from a column and puts it into the batch.</summary>
    internal abstract BatchRowReader CreateReader(DataViewRow row, DataViewSchema.Column column);

    /// <summary>Fills the places from <paramref name="count"/> to <paramref name="end"/> with the last row that was read.</summary>
    internal abstract void Repeat(int count, int end);

    /// <summary>Some of the rows as a tensor over this memory.</summary>
    internal abstract OrtValue CreateTensor(int first, int count);

    /// <summary>Rows from anywhere as a tensor of its own memory, each cut to a length.</summary>
    internal abstract OrtValue CreateTensor(ReadOnlySpan<int> places, int length);

    /// <summary>The length of a row without its padding: up to the last number of a mask that is not 0; or of tokens up to where the last one begins that is repeated to the end.</summary>
    internal abstract int FindLength(int place, bool isMask);

    /// <summary>Whether a row is all finite numbers.</summary>
    internal abstract bool IsFinite(int place);

    internal static OnnxInputBuffer Create(OnnxInputBinding binding, int capacity) => binding.ElementType switch
    {
        TensorElementType.Float => new OnnxInputBuffer<float, float>(binding, capacity),
        TensorElementType.Float16 => new OnnxInputBuffer<Half, Float16>(binding, capacity),
        TensorElementType.Int64 => new OnnxInputBuffer<long, long>(binding, capacity),
        TensorElementType.Int32 => new OnnxInputBuffer<int, int>(binding, capacity),
        _ => throw new NotSupportedException($"An input of {binding.ElementType}."),
    };
}

/// <typeparam name="T">The number type to convert to.</typeparam>
/// <typeparam name="TElement">The type ONNX Runtime calls it by, of the same layout.</typeparam>
internal sealed class OnnxInputBuffer<T, TElement> : OnnxInputBuffer
    where T : unmanaged, INumberBase<T>
    where TElement : unmanaged
{
    private readonly OnnxInputBinding _binding;
    private readonly TElement[] _values;

    internal OnnxInputBuffer(OnnxInputBinding binding, int capacity)
    {
        _binding = binding;
        _values = new TElement[checked(binding.RowLength * capacity)];
    }

    internal override BatchRowReader CreateReader(DataViewRow row, DataViewSchema.Column column)
    {
        var type = ((VectorDataViewType)column.Type).ItemType.RawType;
        return type == typeof(float) ? CreateReader<float>(row, column)
            : type == typeof(long) ? CreateReader<long>(row, column)
            : type == typeof(int) ? CreateReader<int>(row, column)
            : CreateReader<uint>(row, column);
    }

    internal override void Repeat(int count, int end)
    {
        var last = _values.AsSpan((count - 1) * _binding.RowLength, _binding.RowLength);
        for (var i = count; i < end; i++)
            last.CopyTo(_values.AsSpan(i * _binding.RowLength));
    }

    internal override OrtValue CreateTensor(int first, int count) => OrtValue.CreateTensorValueFromMemory(
        OrtMemoryInfo.DefaultInstance, _values.AsMemory(first * _binding.RowLength, count * _binding.RowLength), [count, .. _binding.RowShape.Select(dimension => (long)dimension)]);

    internal override OrtValue CreateTensor(ReadOnlySpan<int> places, int length)
    {
        var values = new TElement[places.Length * length];
        for (var i = 0; i < places.Length; i++)
            _values.AsSpan(places[i] * _binding.RowLength, length).CopyTo(values.AsSpan(i * length));
        return OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, values.AsMemory(), [places.Length, length]);
    }

    internal override int FindLength(int place, bool isMask)
    {
        var row = MemoryMarshal.Cast<TElement, T>(_values.AsSpan(place * _binding.RowLength, _binding.RowLength));
        var last = row.LastIndexOfAnyExcept(isMask ? T.Zero : row[^1]);
        return isMask ? (last < 0 ? row.Length : last + 1) : Math.Min(row.Length, last + 2);
    }

    internal override bool IsFinite(int place)
    {
        foreach (var value in MemoryMarshal.Cast<TElement, T>(_values.AsSpan(place * _binding.RowLength, _binding.RowLength)))
        {
            if (!T.IsFinite(value))
                return false;
        }

        return true;
    }

    private BatchRowReader CreateReader<TColumn>(DataViewRow row, DataViewSchema.Column column)
        where TColumn : unmanaged, INumberBase<TColumn>
    {
        var getter = row.GetGetter<VBuffer<TColumn>>(column);
        VBuffer<TColumn> value = default;
        VBuffer<TColumn> dense = default;
        return index =>
        {
            getter(ref value);
            if (value.Length != _binding.RowLength)
            {
                throw new InvalidDataException(
                    $"Column '{_binding.ColumnName}', row {RowNumbers.Get(row)}: expected is {_binding.ExpectedType}, but the row has {value.Length} values.");
            }

            ReadOnlySpan<TColumn> source;
            if (value.IsDense)
            {
                source = value.GetValues();
            }
            else
            {
                value.CopyToDense(ref dense);
                source = dense.GetValues();
            }

            var destination = MemoryMarshal.Cast<TElement, T>(_values.AsSpan(index * _binding.RowLength, _binding.RowLength));
            try
            {
                if (typeof(TColumn) == typeof(T))
                    MemoryMarshal.Cast<TColumn, T>(source).CopyTo(destination);
                else
                    TensorPrimitives.ConvertChecked(source, destination);
            }
            catch (OverflowException e)
            {
                throw new InvalidDataException(
                    $"Column '{_binding.ColumnName}', row {RowNumbers.Get(row)}: a value does not fit into {OnnxTensor.NameOf(_binding.ElementType)}, the type of the encoder's input '{_binding.Name}'.", e);
            }
        };
    }
}
