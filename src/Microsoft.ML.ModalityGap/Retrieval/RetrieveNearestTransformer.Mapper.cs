using Microsoft.ML.Data;

namespace Microsoft.ML.ModalityGap;

public sealed partial class RetrieveNearestTransformer
{
    /// <summary>The transformer bound to a schema: makes the getters of all columns, which share one search per row.</summary>
    private sealed class Mapper : MapperBase
    {
        private readonly RetrieveNearestTransformer _parent;
        private readonly DataViewSchema.Column _input;

        internal Mapper(RetrieveNearestTransformer parent, DataViewSchema schema)
            : base(parent.Host.Register(nameof(Mapper)), schema, parent)
        {
            _parent = parent;
            _input = parent.FindInput(schema);
        }

        public override Delegate[] CreateGetters(DataViewRow input, Func<int, bool> activeOutput, out Action? disposer)
        {
            disposer = null;
            var getters = new Delegate[_parent.GetOutputColumns().Count];
            if (!IsAnyActive(activeOutput))
                return getters;
            var row = new SearchedRow(_parent, input, input.GetGetter<VBuffer<float>>(_input));
            if (activeOutput(0))
            {
                getters[0] = _parent._hasNumericIds
                    ? (ValueGetter<VBuffer<long>>)((ref VBuffer<long> value) => row.CopyTo(ref value, static neighbor => neighbor?.Id.Number ?? -1))
                    : (ValueGetter<VBuffer<ReadOnlyMemory<char>>>)((ref VBuffer<ReadOnlyMemory<char>> value) => row.CopyTo(ref value, static neighbor => (neighbor?.Id.ToString() ?? "").AsMemory()));
            }

            if (activeOutput(1))
                getters[1] = (ValueGetter<VBuffer<float>>)((ref VBuffer<float> value) => row.CopyTo(ref value, static neighbor => neighbor?.Score ?? float.NaN));
            if (_parent.WritesProbabilities && activeOutput(2))
                getters[2] = (ValueGetter<VBuffer<float>>)((ref VBuffer<float> value) => row.CopyTo(ref value, static neighbor => (float)(neighbor?.Probability ?? double.NaN)));
            return getters;
        }

        protected override DataViewSchema.DetachedColumn[] GetOutputColumnsCore() => [.. _parent.GetOutputColumns()];

        protected override Delegate MakeGetter(DataViewRow input, int iinfo, Func<int, bool> activeOutput, out Action? disposer) =>
            CreateGetters(input, column => column == iinfo, out disposer)[iinfo];

        protected override Func<int, bool> GetDependenciesCore(Func<int, bool> activeOutput)
        {
            var isActive = IsAnyActive(activeOutput);
            return column => isActive && column == _input.Index;
        }

        private bool IsAnyActive(Func<int, bool> activeOutput) => Enumerable.Range(0, _parent.GetOutputColumns().Count).Any(activeOutput);

        protected override void SaveModel(ModelSaveContext ctx) => _parent.SaveModel(ctx);
    }

    /// <summary>The neighbours of a cursor's current row, searched once for all columns.</summary>
    private sealed class SearchedRow(RetrieveNearestTransformer parent, DataViewRow row, ValueGetter<VBuffer<float>> getEmbedding)
    {
        private IReadOnlyList<Neighbor> _neighbors = [];
        private VBuffer<float> _embedding;
        private long _position = -1;

        internal void CopyTo<T>(ref VBuffer<T> destination, Func<Neighbor?, T> convert)
        {
            Update();
            var editor = VBufferEditor.Create(ref destination, parent._count);
            for (var i = 0; i < parent._count; i++)
                editor.Values[i] = convert(i < _neighbors.Count ? _neighbors[i] : null);
            destination = editor.Commit();
        }

        private void Update()
        {
            if (_position == row.Position)
                return;
            getEmbedding(ref _embedding);
            DenseRows.MakeDense(ref _embedding);
            _neighbors = Search(_embedding.GetValues());
            if (_neighbors.Count != 0 && _neighbors.Count != parent._count && !parent._isLimited)
            {
                throw new InvalidOperationException(
                    $"The index has changed: {_neighbors.Count} rows are found where there were {parent._count} when the transformer was made. Make a new one.");
            }

            _position = row.Position;
        }

        private IReadOnlyList<Neighbor> Search(ReadOnlySpan<float> embedding)
        {
            if (parent.Index.FindQueryDefect(embedding) is not { } defect)
                return parent.Index.Search(embedding, parent._count, parent._search);
            return parent.Options.UnusableRows == UnusableRows.Skip ? [] : throw RowOrigins.Of(row.Schema[parent.InputColumnName]).CreateException(RowNumbers.Get(row), defect);
        }
    }
}
