using Microsoft.ML.Data;
using Microsoft.ML.Internal.Utilities;

namespace Microsoft.ML.ModalityGap;

/// <summary>A column's values for the rows a cursor has looked ahead, so that they can still be asked for when the cursor gets to them.</summary>
internal abstract class LookaheadColumn : IDisposable
{
    /// <summary>Takes the source's current value for a place of the window.</summary>
    internal abstract void Read(int index);

    /// <summary>A getter of the value at the place that is current when it is called.</summary>
    internal abstract Delegate CreateGetter(Func<int> index);

    public virtual void Dispose()
    {
    }

    /// <summary>Whether a type's values can be kept by copying them: numbers, texts, keys, times, and vectors of them. Others, such as images, are their owners' affair.</summary>
    internal static bool CanKeep(DataViewType type) => type is PrimitiveDataViewType or VectorDataViewType;

    internal static LookaheadColumn Create(DataViewRow source, DataViewSchema.Column column, int capacity) => column.Type switch
    {
        VectorDataViewType vector => Utils.MarshalInvoke(CreateVector<int>, vector.ItemType.RawType, source, column, capacity),
        var type => Utils.MarshalInvoke(CreateValue<int>, type.RawType, source, column, capacity),
    };

#pragma warning disable CA1859 // Called for other types than the one they are named with above.
    private static LookaheadColumn CreateVector<T>(DataViewRow source, DataViewSchema.Column column, int capacity) => new VectorColumn<T>(source, column, capacity);

    private static LookaheadColumn CreateValue<T>(DataViewRow source, DataViewSchema.Column column, int capacity) => new ValueColumn<T>(source, column, capacity);
#pragma warning restore CA1859

    /// <summary>Numbers, texts, keys, times: values that are copied by assignment.</summary>
    private sealed class ValueColumn<T>(DataViewRow source, DataViewSchema.Column column, int capacity) : LookaheadColumn
    {
        private readonly ValueGetter<T> _getter = source.GetGetter<T>(column);
        private readonly T[] _values = new T[capacity];

        internal override void Read(int index) => _getter(ref _values[index]);

        internal override Delegate CreateGetter(Func<int> index) => (ValueGetter<T>)((ref T value) => value = _values[index()]);
    }

    /// <summary>Vectors: each place has memory of its own, and whoever asks gets a copy.</summary>
    private sealed class VectorColumn<T>(DataViewRow source, DataViewSchema.Column column, int capacity) : LookaheadColumn
    {
        private readonly ValueGetter<VBuffer<T>> _getter = source.GetGetter<VBuffer<T>>(column);
        private readonly VBuffer<T>[] _values = new VBuffer<T>[capacity];

        internal override void Read(int index) => _getter(ref _values[index]);

        internal override Delegate CreateGetter(Func<int> index) => (ValueGetter<VBuffer<T>>)((ref VBuffer<T> value) => _values[index()].CopyTo(ref value));
    }
}
