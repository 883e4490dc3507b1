namespace Microsoft.ML.ModalityGap;

public sealed partial class ClassifyZeroShotTransformer
{
    /// <summary>The transformer bound to a schema: scores of rows made together, and the label, which is made of a row alone.</summary>
    private sealed class Mapper : MapperBase, ILookaheadMapper
    {
        private readonly ClassifyZeroShotTransformer _parent;
        private readonly DataViewSchema.Column _input;
        private readonly DataViewSchema.Column? _label;

        internal Mapper(ClassifyZeroShotTransformer parent, DataViewSchema schema)
            : base(parent.Host.Register(nameof(Mapper)), schema, parent)
        {
            _parent = parent;
            _input = EmbeddingColumns.Find(Host, schema, parent.InputColumnName, parent.InputDimension);
            _label = ZeroShotColumns.FindLabel(schema, parent.Options, parent.Classes.Count);
        }

        private ClassifyZeroShotOptions Options => _parent.Options;

        public bool Splits => true;

        public bool IsMadeAhead(int output) => !IsLabel(output);

        public IReadOnlyList<DataViewSchema.Column> GetInputs(Func<int, bool> activeOutput) => [_input];

        public LookaheadBatch CreateBatch(Func<int, bool> activeOutput, bool isAlone) => ScoredBlock.OfMany(_parent, activeOutput, isAlone);

        public override Delegate[] CreateGetters(DataViewRow input, Func<int, bool> activeOutput, out Action? disposer)
        {
            disposer = null;
            var getters = new Delegate[OutputColumns.Value.Length];
            bool IsScore(int output) => activeOutput(output) && IsMadeAhead(output);
            if (Enumerable.Range(0, getters.Length).Any(IsScore))
                ScoredBlock.OfOne(_parent, IsScore).CreateRowGetters(input, [_input], getters, IsScore);
            if (_label is { } label && activeOutput(getters.Length - 1))
            {
                var reader = new ZeroShotLabelReader(input, label, _parent.Classes);
                getters[^1] = Options.Mode == ZeroShotMode.SingleLabel ? reader.CreateKeyGetter() : reader.CreateIndicatorGetter();
            }

            return getters;
        }

        protected override DataViewSchema.DetachedColumn[] GetOutputColumnsCore() =>
        [
            .. ZeroShotColumns.Create(_parent.Classes.Names, Options),
            .. _label is { } label ? [ZeroShotColumns.CreateLabel(label.Name, _parent.Classes.Names, Options.Mode)] : Array.Empty<DataViewSchema.DetachedColumn>(),
        ];

        protected override Delegate MakeGetter(DataViewRow input, int iinfo, Func<int, bool> activeOutput, out Action? disposer) =>
            CreateGetters(input, column => column == iinfo, out disposer)[iinfo];

        protected override Func<int, bool> GetDependenciesCore(Func<int, bool> activeOutput)
        {
            var active = new bool[InputSchema.Count];
            for (var i = 0; i < OutputColumns.Value.Length; i++)
            {
                if (activeOutput(i))
                    active[IsLabel(i) ? _label!.Value.Index : _input.Index] = true;
            }

            return column => active[column];
        }

        protected override void SaveModel(ModelSaveContext ctx) => _parent.SaveModel(ctx);

        private bool IsLabel(int output) => _label is not null && output == OutputColumns.Value.Length - 1;
    }
}
