using Microsoft.ML.Data;

namespace Microsoft.ML.ModalityGap;

public sealed partial class ScoreCaptionsTransformer
{
    /// <summary>The transformer bound to a schema: makes the getters of the scores, which share one row of cosines.</summary>
    private sealed class Mapper : MapperBase
    {
        private readonly ScoreCaptionsTransformer _parent;
        private readonly CaptionColumns _columns;

        internal Mapper(ScoreCaptionsTransformer parent, DataViewSchema schema)
            : base(parent.Host.Register(nameof(Mapper)), schema, parent)
        {
            _parent = parent;
            _columns = CaptionColumns.Find(Host, schema, parent.ImageColumnName, parent.TextColumnName, parent.Options);
        }

        public override Delegate[] CreateGetters(DataViewRow input, Func<int, bool> activeOutput, out Action? disposer)
        {
            disposer = null;
            var getters = new Delegate[OutputColumns.Value.Length];
            if (!activeOutput(0) && (getters.Length < 2 || !activeOutput(1)))
                return getters;
            var kind = _parent.Options.Kind;
            var row = new CaptionRow(input, _columns, _parent.Options, needsReferences: getters.Length > 1 && activeOutput(1));
            if (activeOutput(0))
                getters[0] = (ValueGetter<float>)((ref float value) => value = (float)CaptionScoring.Score(kind, row.Update().Cosine));
            if (getters.Length > 1 && activeOutput(1))
                getters[1] = (ValueGetter<float>)((ref float value) => value = (float)CaptionScoring.ReferenceScore(kind, row.Update().Cosine, row.ReferenceCosine));
            return getters;
        }

        protected override DataViewSchema.DetachedColumn[] GetOutputColumnsCore() =>
            [.. _parent.OutputColumnNames.Select(name => new DataViewSchema.DetachedColumn(name, NumberDataViewType.Single))];

        protected override Delegate MakeGetter(DataViewRow input, int iinfo, Func<int, bool> activeOutput, out Action? disposer) =>
            CreateGetters(input, column => column == iinfo, out disposer)[iinfo];

        protected override Func<int, bool> GetDependenciesCore(Func<int, bool> activeOutput)
        {
            var active = new bool[InputSchema.Count];
            var needsReferences = OutputColumns.Value.Length > 1 && activeOutput(1);
            if (activeOutput(0) || needsReferences)
            {
                foreach (var column in needsReferences ? _columns.All : [_columns.Image, _columns.Text])
                    active[column.Index] = true;
            }

            return column => active[column];
        }

        protected override void SaveModel(ModelSaveContext ctx) => _parent.SaveModel(ctx);
    }
}
