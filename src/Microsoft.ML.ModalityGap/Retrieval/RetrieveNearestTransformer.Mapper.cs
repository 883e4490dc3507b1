using Microsoft.ML.Data;

namespace Microsoft.ML.ModalityGap;

public sealed partial class RetrieveNearestTransformer
{
    /// <summary>The transformer bound to a schema: all its columns come from one search, of many rows where a cursor goes through them.</summary>
    private sealed class Mapper : MapperBase, ILookaheadMapper
    {
        private readonly RetrieveNearestTransformer _parent;
        private readonly DataViewSchema.Column _input;

        internal Mapper(RetrieveNearestTransformer parent, DataViewSchema schema)
            : base(parent.Host.Register(nameof(Mapper)), schema, parent)
        {
            _parent = parent;
            _input = parent.FindInput(schema);
        }

        // A search uses all cores by itself.
        public bool Splits => false;

        public bool IsMadeAhead(int output) => true;

        public IReadOnlyList<DataViewSchema.Column> GetInputs(Func<int, bool> activeOutput) => [_input];

        public LookaheadBatch CreateBatch(Func<int, bool> activeOutput, bool isAlone) => new SearchedBlock(_parent, QueryBlock.MaximumRows, isAlone);

        public override Delegate[] CreateGetters(DataViewRow input, Func<int, bool> activeOutput, out Action? disposer)
        {
            disposer = null;
            var getters = new Delegate[_parent.GetOutputColumns().Count];
            if (IsAnyActive(activeOutput))
                new SearchedBlock(_parent, 1, isAlone: false).CreateRowGetters(input, [_input], getters, activeOutput);
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

    /// <summary>The neighbours of rows, searched once for all columns; a row alone is a block of one.</summary>
    private sealed class SearchedBlock : BlockBatch
    {
        private readonly RetrieveNearestTransformer _parent;
        private readonly float[] _queries;
        private readonly IReadOnlyList<Neighbor>[] _neighbors;

        internal SearchedBlock(RetrieveNearestTransformer parent, int blockRows, bool isAlone)
            : base(blockRows, isAlone)
        {
            _parent = parent;
            _queries = new float[Window * parent.Index.Dimension];
            _neighbors = new IReadOnlyList<Neighbor>[Window];
        }

        internal override Action<long> CreateReader(DataViewRow row, IReadOnlyList<DataViewSchema.Column> columns)
        {
            var read = DenseRows.CreateReader(row, columns[0]);
            var dimension = _parent.Index.Dimension;
            return number =>
            {
                var embedding = read();
                if (embedding.Length != dimension)
                    throw new InvalidDataException($"Column '{columns[0].Name}', row {RowNumbers.Get(row)}: the rows of the index have {dimension} dimensions, but the row has {embedding.Length}.");
                var defect = _parent.Index.FindQueryDefect(embedding);
                if (defect is not null && _parent.Options.UnusableRows != UnusableRows.Skip)
                    throw RowOrigins.Of(columns[0]).CreateException(RowNumbers.Get(row), defect);

                var query = _queries.AsSpan(GetSlot(number) * dimension, dimension);
                if (defect is null)
                    embedding.CopyTo(query);
                else
                    query.Fill(float.NaN);
            };
        }

        internal override Delegate CreateGetter(int output, Func<int> getSlot) => output switch
        {
            0 when _parent._hasNumericIds => CreateGetter(getSlot, static neighbor => neighbor?.Id.Number ?? -1),
            0 => CreateGetter(getSlot, static neighbor => (neighbor?.Id.ToString() ?? "").AsMemory()),
            1 => CreateGetter(getSlot, static neighbor => neighbor?.Score ?? float.NaN),
            _ => CreateGetter(getSlot, static neighbor => (float)(neighbor?.Probability ?? double.NaN)),
        };

        protected override void Compute(int slot, int count)
        {
            var dimension = _parent.Index.Dimension;
            var found = _parent.Index.SearchBatch(_queries.AsSpan(slot * dimension, count * dimension), _parent._count, _parent._search);
            for (var i = 0; i < count; i++)
                _neighbors[slot + i] = found[i];
        }

        private ValueGetter<VBuffer<T>> CreateGetter<T>(Func<int> getSlot, Func<Neighbor?, T> convert) => (ref VBuffer<T> destination) =>
        {
            var neighbors = _neighbors[getSlot()];
            if (neighbors.Count != 0 && neighbors.Count != _parent._count && !_parent._isLimited)
            {
                throw new InvalidOperationException(
                    $"The index has changed: {neighbors.Count} rows are found where there were {_parent._count} when the transformer was made. Make a new one.");
            }

            var editor = VBufferEditor.Create(ref destination, _parent._count);
            for (var i = 0; i < _parent._count; i++)
                editor.Values[i] = convert(i < neighbors.Count ? neighbors[i] : null);
            destination = editor.Commit();
        };
    }
}
