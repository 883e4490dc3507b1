using Microsoft.ML.Data;

namespace Microsoft.ML.ModalityGap;

public sealed partial class TokenizeClipTextTransformer
{
    /// <summary>The transformer bound to a schema: makes the getters of the output columns, which share one tokenised row.</summary>
    private sealed class Mapper : MapperBase
    {
        private readonly TokenizeClipTextTransformer _parent;
        private readonly DataViewSchema.Column _input;

        internal Mapper(TokenizeClipTextTransformer parent, DataViewSchema schema)
            : base(parent.Host.Register(nameof(Mapper)), schema, parent)
        {
            _parent = parent;
            _input = TextColumn.Find(Host, schema, parent.InputColumnName);
        }

        public override Delegate[] CreateGetters(DataViewRow input, Func<int, bool> activeOutput, out Action? disposer)
        {
            disposer = null;
            var getters = new Delegate[OutputColumns.Value.Length];
            if (!IsAnyActive(activeOutput))
                return getters;

            var row = new TokenizedRow(_parent.Tokenizer, input, input.GetGetter<ReadOnlyMemory<char>>(_input));
            for (var i = 0; i < getters.Length; i++)
            {
                if (activeOutput(i))
                    getters[i] = MakeGetter(row, OutputColumns.Value[i]);
            }

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

        protected override void SaveModel(ModelSaveContext ctx) => _parent.SaveModel(ctx);

        private bool IsAnyActive(Func<int, bool> activeOutput) => Enumerable.Range(0, OutputColumns.Value.Length).Any(activeOutput);

        private Delegate MakeGetter(TokenizedRow row, DataViewSchema.DetachedColumn column)
        {
            var options = _parent.Options;
            if (column.Name == options.TruncatedColumnName)
                return (ValueGetter<bool>)((ref bool value) => value = row.Update().Truncated);

            var isMask = column.Name == options.AttentionMaskColumnName;
            return options.IdType == ClipIdType.Int64
                ? (ValueGetter<VBuffer<long>>)((ref VBuffer<long> value) => row.Update().CopyTo(ref value, isMask))
                : (ValueGetter<VBuffer<int>>)((ref VBuffer<int> value) => row.Update().CopyTo(ref value, isMask));
        }
    }

    /// <summary>The ids of a cursor's current row, tokenised once however many columns ask for them.</summary>
    private sealed class TokenizedRow(ClipTokenizer tokenizer, DataViewRow row, ValueGetter<ReadOnlyMemory<char>> getText)
    {
        private readonly int[] _ids = new int[tokenizer.ContextLength];
        private readonly int[] _mask = new int[tokenizer.ContextLength];
        private ReadOnlyMemory<char> _text;
        private long _position = -1;

        internal bool Truncated { get; private set; }

        internal TokenizedRow Update()
        {
            if (_position == row.Position)
                return this;
            getText(ref _text);
            tokenizer.Encode(_text.Span, _ids, _mask, out var truncated);
            Truncated = truncated;
            _position = row.Position;
            return this;
        }

        internal void CopyTo(ref VBuffer<int> destination, bool mask)
        {
            var editor = VBufferEditor.Create(ref destination, _ids.Length);
            (mask ? _mask : _ids).CopyTo(editor.Values);
            destination = editor.Commit();
        }

        internal void CopyTo(ref VBuffer<long> destination, bool mask)
        {
            var editor = VBufferEditor.Create(ref destination, _ids.Length);
            var source = mask ? _mask : _ids;
            for (var i = 0; i < source.Length; i++)
                editor.Values[i] = source[i];
            destination = editor.Commit();
        }
    }
}
