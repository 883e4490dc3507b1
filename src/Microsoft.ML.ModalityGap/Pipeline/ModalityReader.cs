using System.Globalization;
using Microsoft.ML.Data;

namespace Microsoft.ML.ModalityGap;

/// <summary>Reads the modality of each row of long data, from text or from a key.</summary>
internal abstract class ModalityReader
{
    internal static ModalityReader Create(DataViewRow row, DataViewSchema.Column column)
    {
        if (column.Type is TextDataViewType)
            return new TextReader(row.GetGetter<ReadOnlyMemory<char>>(column));

        VBuffer<ReadOnlyMemory<char>> values = default;
        column.GetKeyValues(ref values);
        var names = values.DenseValues().Select(value => value.ToString()).ToArray();
        var rawType = column.Type.RawType;
        if (rawType == typeof(uint))
            return new KeyReader<uint>(row.GetGetter<uint>(column), names);
        if (rawType == typeof(byte))
            return new KeyReader<byte>(row.GetGetter<byte>(column), names);
        if (rawType == typeof(ushort))
            return new KeyReader<ushort>(row.GetGetter<ushort>(column), names);
        return new KeyReader<ulong>(row.GetGetter<ulong>(column), names);
    }

    /// <summary>The modality of the current row; empty when it has none.</summary>
    internal abstract ReadOnlySpan<char> Read();

    private sealed class TextReader(ValueGetter<ReadOnlyMemory<char>> getter) : ModalityReader
    {
        private ReadOnlyMemory<char> _value;

        internal override ReadOnlySpan<char> Read()
        {
            getter(ref _value);
            return _value.Span;
        }
    }

    private sealed class KeyReader<T>(ValueGetter<T> getter, string[] names) : ModalityReader
        where T : struct, IConvertible
    {
        private T _value;

        internal override ReadOnlySpan<char> Read()
        {
            getter(ref _value);

            // Keys count from 1; 0 is a missing value.
            var key = _value.ToUInt64(CultureInfo.InvariantCulture);
            return key == 0 || key > (ulong)names.Length ? default : names[key - 1];
        }
    }
}
