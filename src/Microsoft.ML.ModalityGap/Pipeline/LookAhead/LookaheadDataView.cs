using Microsoft.ML.Data;
using Microsoft.ML.Model.OnnxConverter;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.ModalityGap;

/// <summary>A transformer over data whose cursors read rows ahead and work on several at once. Where none of its columns that are made ahead is asked for, rows pass as they do elsewhere.</summary>
internal sealed class LookaheadDataView : ITransformTemplate, ITransformCanSaveOnnx
{
    private readonly IHost _host;
    private readonly Func<IDataView, ILookaheadMapper> _createMapper;
    private readonly ColumnBindings _bindings;
    private readonly RowToRowMapperTransform _rowByRow;

    /// <param name="host">Whose messages they are.</param>
    /// <param name="source">The data.</param>
    /// <param name="createMapper">Binds the transformer to data.</param>
    internal LookaheadDataView(IHost host, IDataView source, Func<IDataView, ILookaheadMapper> createMapper)
    {
        (_host, Source, _createMapper) = (host, source, createMapper);
        Mapper = createMapper(source);
        _bindings = new ColumnBindings(source.Schema, Mapper.GetOutputColumns());
        _rowByRow = new RowToRowMapperTransform(host, source, Mapper, schema => createMapper(new EmptyDataView(host, schema)));
    }

    public IDataView Source { get; }

    /// <summary>The transformer bound to the source.</summary>
    internal ILookaheadMapper Mapper { get; }

    public DataViewSchema Schema => _bindings.Schema;

    public bool CanShuffle => Source.CanShuffle;

    public long? GetRowCount() => Source.GetRowCount();

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null)
    {
        var asked = new Asked(this, columnsNeeded);
        if (!asked.MakesAhead && Mapper.IsWorthThreads)
            return _rowByRow.GetRowCursor(asked.Columns, rand);
        var source = Source.GetRowCursor(asked.SourceColumns, rand);
        return asked.MakesAhead ? Open(source, asked, isAlone: true) : new PlainCursor(this, source, asked.Active);
    }

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null)
    {
        var asked = new Asked(this, columnsNeeded);
        if (!asked.MakesAhead)
            return _rowByRow.GetRowCursorSet(asked.Columns, n, rand);
        if (!Mapper.Splits || n <= 1)
            return [GetRowCursor(asked.Columns, rand)];
        var sources = Source.GetRowCursorSet(asked.SourceColumns, n, rand);
        return Array.ConvertAll(sources, source => Open(source, asked, isAlone: sources.Length == 1));
    }

    public IDataTransform ApplyToData(IHostEnvironment env, IDataView newSource) => new LookaheadDataView(_host, newSource, _createMapper);

    void ICanSaveModel.Save(ModelSaveContext ctx) => Mapper.Save(ctx);

    bool ICanSaveOnnx.CanSaveOnnx(OnnxContext ctx) => ((ICanSaveOnnx)_rowByRow).CanSaveOnnx(ctx);

    void ISaveAsOnnx.SaveAsOnnx(OnnxContext ctx) => ((ISaveAsOnnx)_rowByRow).SaveAsOnnx(ctx);

    /// <summary>The number of a column of the source among all.</summary>
    internal int FindColumn(DataViewSchema.Column ofSource) => Enumerable.Range(0, Schema.Count).First(i => _bindings.MapColumnIndex(out var isOfSource, i) == ofSource.Index && isOfSource);

    /// <summary>The number of an added column among the mapper's; −1 for one of the source.</summary>
    internal int FindOutput(DataViewSchema.Column column) => _bindings.MapColumnIndex(out var isOfSource, column.Index) is var output && isOfSource ? -1 : output;

    private LookaheadCursor Open(DataViewRowCursor source, Asked asked, bool isAlone)
    {
        try
        {
            return new LookaheadCursor(_host, Mapper, _bindings, source, asked.Active, asked.IsKept, isAlone);
        }
        catch
        {
            source.Dispose();
            throw;
        }
    }

    /// <summary>What a cursor was asked for, and what it needs of the source.</summary>
    private sealed class Asked
    {
        internal Asked(LookaheadDataView view, IEnumerable<DataViewSchema.Column> columnsNeeded)
        {
            Columns = [.. columnsNeeded];
            Active = new bool[view.Schema.Count];
            foreach (var column in Columns)
                Active[column.Index] = true;

            // Of the source: what passes, and what columns are made of that the current row is enough for.
            var mapper = view.Mapper;
            IsKept = new bool[view.Source.Schema.Count];
            for (var i = 0; i < Active.Length; i++)
            {
                var index = view._bindings.MapColumnIndex(out var isOfSource, i);
                if (isOfSource && Active[i])
                    IsKept[index] = true;
            }

            bool IsActive(int output) => Active[view._bindings.AddedColumnIndices[output]];
            var dependencies = mapper.GetDependencies(output => IsActive(output) && !mapper.IsMadeAhead(output));
            for (var i = 0; i < IsKept.Length; i++)
                IsKept[i] |= dependencies(i);
            MakesAhead = Enumerable.Range(0, view._bindings.AddedColumnIndices.Count).Any(output => IsActive(output) && mapper.IsMadeAhead(output))
                && view.Source.Schema.All(column => !IsKept[column.Index] || mapper.CanKeep(column.Type));
            var inputs = mapper.GetDependencies(IsActive);
            SourceColumns = [.. view.Source.Schema.Where(column => IsKept[column.Index] || inputs(column.Index))];
        }

        /// <summary>As they were named.</summary>
        internal DataViewSchema.Column[] Columns { get; }

        /// <summary>By the column's number.</summary>
        internal bool[] Active { get; }

        /// <summary>Of the source's columns, those whose values are kept until the cursor gets to them.</summary>
        internal bool[] IsKept { get; }

        internal bool MakesAhead { get; }

        internal DataViewSchema.Column[] SourceColumns { get; }
    }

    /// <summary>Makes each row when it is taken.</summary>
    private sealed class PlainCursor : SynchronizedCursorBase, IRowSpans, IRowMakers
    {
        private readonly LookaheadDataView _view;
        private readonly bool[] _active;
        private readonly Delegate[] _made;
        private readonly Action? _disposeMade;

        internal PlainCursor(LookaheadDataView view, DataViewRowCursor source, bool[] active)
            : base(view._host, source)
        {
            (_view, _active) = (view, active);
            _made = view.Mapper.CreateGetters(source, output => active[view._bindings.AddedColumnIndices[output]], out _disposeMade);
        }

        public override DataViewSchema Schema => _view.Schema;

        public override bool IsColumnActive(DataViewSchema.Column column) => _active[column.Index];

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
        {
            Ch.Check(IsColumnActive(column), $"The column '{column.Name}' was not asked for when the cursor was made.");
            var index = _view._bindings.MapColumnIndex(out var isOfSource, column.Index);
            return isOfSource ? Input.GetGetter<TValue>(Input.Schema[index]) : LookaheadCursor.Cast<TValue>(_made[index], column);
        }

        public RowSpanGetter? CreateSpanGetter(DataViewSchema.Column column) =>
            _view._bindings.MapColumnIndex(out var isOfSource, column.Index) is var index && isOfSource ? (Input as IRowSpans)?.CreateSpanGetter(Input.Schema[index]) : null;

        public RowMaker? CreateMaker(DataViewSchema.Column column) =>
            _view._bindings.MapColumnIndex(out var isOfSource, column.Index) is var index && isOfSource ? null : _view.Mapper.CreateMaker(Input, index);

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                _disposeMade?.Invoke();
            base.Dispose(disposing);
        }
    }
}
