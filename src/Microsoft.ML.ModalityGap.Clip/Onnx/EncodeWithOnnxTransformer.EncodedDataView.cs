using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.ModalityGap;

public sealed partial class EncodeWithOnnxTransformer
{
    /// <summary>The transformer over data: cursors that look ahead and encode batches.</summary>
    private sealed partial class EncodedDataView : ITransformTemplate
    {
        private readonly EncodeWithOnnxTransformer _parent;
        private readonly Mapper _mapper;

        internal EncodedDataView(EncodeWithOnnxTransformer parent, IDataView source)
        {
            _parent = parent;
            _mapper = new Mapper(parent, source.Schema);
            Source = source;
        }

        public IDataView Source { get; }

        public DataViewSchema Schema => _mapper.Bindings.Schema;

        public bool CanShuffle => Source.CanShuffle;

        private int EmbeddingIndex => _mapper.Bindings.AddedColumnIndices[0];

        public long? GetRowCount() => Source.GetRowCount();

        public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null)
        {
            var (active, sourceColumns, encodes) = FindActive(columnsNeeded);
            var source = Source.GetRowCursor(sourceColumns, rand);
            return Open(source, active, encodes);
        }

        /// <summary>
        /// One cursor where embeddings are asked for: ONNX Runtime uses all cores for a batch, and two batches at once would only take more memory.
        /// </summary>
        public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null)
        {
            var (active, sourceColumns, encodes) = FindActive(columnsNeeded);
            return encodes
                ? [Open(Source.GetRowCursor(sourceColumns, rand), active, encodes)]
                : [.. Source.GetRowCursorSet(sourceColumns, n, rand).Select(source => Open(source, active, encodes))];
        }

        public IDataTransform ApplyToData(IHostEnvironment env, IDataView newSource) => new EncodedDataView(_parent, newSource);

        void ICanSaveModel.Save(ModelSaveContext ctx) => _parent.Save(ctx);

        private DataViewRowCursor Open(DataViewRowCursor source, bool[] active, bool encodes)
        {
            try
            {
                return encodes ? new Cursor(this, source, active) : new PassingCursor(this, source, active);
            }
            catch
            {
                source.Dispose();
                throw;
            }
        }

        private (bool[] Active, DataViewSchema.Column[] SourceColumns, bool Encodes) FindActive(IEnumerable<DataViewSchema.Column> columnsNeeded)
        {
            var active = new bool[Schema.Count];
            foreach (var column in columnsNeeded)
                active[column.Index] = true;

            var encodes = active[EmbeddingIndex];
            var sourceActive = new bool[Source.Schema.Count];
            for (var i = 0; i < active.Length; i++)
            {
                if (active[i] && i != EmbeddingIndex)
                    sourceActive[MapToSource(i)] = true;
            }

            foreach (var input in _mapper.Inputs)
                sourceActive[input.Index] |= encodes;
            return (active, [.. Source.Schema.Where(column => sourceActive[column.Index])], encodes);
        }

        private int MapToSource(int index) => _mapper.Bindings.MapColumnIndex(out _, index);

        private static ValueGetter<TValue> Cast<TValue>(Delegate getter, DataViewSchema.Column column) => getter as ValueGetter<TValue>
            ?? throw new InvalidOperationException($"The column '{column.Name}' yields {column.Type.RawType}, not {typeof(TValue)}.");

        /// <summary>A cursor that was not asked for embeddings: the source's, under this schema.</summary>
        private sealed class PassingCursor(EncodedDataView view, DataViewRowCursor source, bool[] active) : SynchronizedCursorBase(view._parent._host, source)
        {
            public override DataViewSchema Schema => view.Schema;

            public override bool IsColumnActive(DataViewSchema.Column column) => active[column.Index];

            public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
            {
                Ch.Check(IsColumnActive(column), $"The column '{column.Name}' was not asked for when the cursor was made.");
                return Input.GetGetter<TValue>(Input.Schema[view.MapToSource(column.Index)]);
            }
        }
    }
}
