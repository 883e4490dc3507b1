using Microsoft.ML.Data;

namespace Microsoft.ML.ModalityGap;

public sealed partial class ClassifyZeroShotTransformer
{
    /// <summary>The transformer bound to a schema: makes the getters of the output columns, which share one scored row.</summary>
    private sealed class Mapper : MapperBase
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

        public override Delegate[] CreateGetters(DataViewRow input, Func<int, bool> activeOutput, out Action? disposer)
        {
            disposer = null;
            var columns = OutputColumns.Value;
            var getters = new Delegate[columns.Length];
            ScoredRow? row = null;
            for (var i = 0; i < getters.Length; i++)
            {
                if (!activeOutput(i))
                    continue;
                if (IsLabel(i))
                {
                    var reader = new ZeroShotLabelReader(input, _label!.Value, _parent.Classes);
                    getters[i] = Options.Mode == ZeroShotMode.SingleLabel ? reader.CreateKeyGetter() : reader.CreateIndicatorGetter();
                }
                else
                {
                    row ??= new ScoredRow(_parent, input, input.GetGetter<VBuffer<float>>(_input));
                    getters[i] = MakeGetter(row, columns[i].Name);
                }
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

        private Delegate MakeGetter(ScoredRow row, string column)
        {
            if (column == Options.PredictedLabelColumnName)
                return MakePredictionGetter(row);
            if (column == Options.ScoreColumnName)
                return (ValueGetter<VBuffer<float>>)((ref VBuffer<float> value) => Copy(row.Update().Scores, ref value));
            if (column == Options.SimilarityColumnName)
                return (ValueGetter<VBuffer<float>>)((ref VBuffer<float> value) => Copy(row.Update().Similarities, ref value));
            if (column == Options.TopLabelsColumnName)
                return (ValueGetter<VBuffer<ReadOnlyMemory<char>>>)((ref VBuffer<ReadOnlyMemory<char>> value) => CopyTopLabels(row.Update(), ref value));
            if (column == Options.TopScoresColumnName)
                return (ValueGetter<VBuffer<float>>)((ref VBuffer<float> value) => CopyTopScores(row.Update(), ref value));
            return (ValueGetter<float>)((ref float value) => value = row.Update().IsUsable ? row.Scores[row.Top[0]] : float.NaN);
        }

        private Delegate MakePredictionGetter(ScoredRow row)
        {
            if (Options.Mode == ZeroShotMode.SingleLabel)
                return (ValueGetter<uint>)((ref uint value) => value = row.Update().IsUsable ? (uint)row.Top[0] + 1 : 0);
            return (ValueGetter<VBuffer<bool>>)((ref VBuffer<bool> value) =>
            {
                row.Update();
                var editor = VBufferEditor.Create(ref value, row.Similarities.Length);
                for (var i = 0; i < editor.Values.Length; i++)
                    editor.Values[i] = row.Similarities[i] >= _parent.Thresholds[i];
                value = editor.Commit();
            });
        }

        private void CopyTopLabels(ScoredRow row, ref VBuffer<ReadOnlyMemory<char>> value)
        {
            var editor = VBufferEditor.Create(ref value, row.Top.Length);
            for (var i = 0; i < row.Top.Length; i++)
                editor.Values[i] = row.IsUsable ? _parent.Classes.Names[row.Top[i]].AsMemory() : default;
            value = editor.Commit();
        }

        private static void CopyTopScores(ScoredRow row, ref VBuffer<float> value)
        {
            var editor = VBufferEditor.Create(ref value, row.Top.Length);
            for (var i = 0; i < row.Top.Length; i++)
                editor.Values[i] = row.IsUsable ? row.Scores[row.Top[i]] : float.NaN;
            value = editor.Commit();
        }

        private static void Copy(ReadOnlySpan<float> source, ref VBuffer<float> value)
        {
            var editor = VBufferEditor.Create(ref value, source.Length);
            source.CopyTo(editor.Values);
            value = editor.Commit();
        }
    }
}
