using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.ModalityGap;
using Microsoft.ML.Runtime;

[assembly: LoadableClass(typeof(RecalibrateScoresTransformer), null, typeof(SignatureLoadModel),
    "Score recalibration", RecalibrateScoresTransformer.LoaderSignature)]
[assembly: LoadableClass(typeof(IRowMapper), typeof(RecalibrateScoresTransformer), null, typeof(SignatureLoadRowMapper),
    "Score recalibration", RecalibrateScoresTransformer.LoaderSignature)]

namespace Microsoft.ML.ModalityGap;

/// <summary>Puts new scores on the scale of old ones, and maps thresholds between the two; made by <see cref="RecalibrateScoresEstimator"/>.</summary>
/// <remarks>Saved and loaded by <c>mlContext.Model</c> without registration, alone or inside a chain.</remarks>
public sealed class RecalibrateScoresTransformer : RowToRowTransformerBase
{
    internal const string LoaderSignature = "ModalityGapRecalibrate";

    private static readonly ModelEntry _entry = new("MODGAPRS", LoaderSignature, typeof(RecalibrateScoresTransformer));
    internal const string ExpectedType = "Single or a vector of Single";

    private static readonly BlockSignature _signature = new("MGSQ", Version: 1);

    private readonly double[] _oldQuantiles;
    private readonly double[] _newQuantiles;
    private readonly MonotoneMap _toOld;
    private readonly MonotoneMap _toNew;

    internal RecalibrateScoresTransformer(IHostEnvironment env, string outputColumnName, string scoreColumnName, double[] oldQuantiles, double[] newQuantiles)
        : base(Contracts.CheckRef(env, nameof(env)).Register(nameof(RecalibrateScoresTransformer)))
    {
        (OutputColumnName, ScoreColumnName, _oldQuantiles, _newQuantiles) = (outputColumnName, scoreColumnName, oldQuantiles, newQuantiles);
        (_toOld, _toNew) = (new MonotoneMap(newQuantiles, oldQuantiles), new MonotoneMap(oldQuantiles, newQuantiles));
    }

    /// <summary>The column of new scores on the scale of the old.</summary>
    public string OutputColumnName { get; }

    /// <summary>The new scores.</summary>
    public string ScoreColumnName { get; }

    /// <summary>The old scores' quantiles, evenly spaced from lowest to highest.</summary>
    public IReadOnlyList<double> OldQuantiles => _oldQuantiles;

    /// <summary>The new scores' quantiles, at the same probabilities.</summary>
    public IReadOnlyList<double> NewQuantiles => _newQuantiles;

    /// <summary>A threshold on the old scores as one on the new: the same share of rows passes.</summary>
    public float MapThreshold(float oldThreshold) => (float)_toNew.Apply(oldThreshold);

    /// <summary>A new score on the scale of the old.</summary>
    public float MapScore(float newScore) => (float)_toOld.Apply(newScore);

    internal static DataViewSchema.Column FindColumn(IExceptionContext context, DataViewSchema schema, string name)
    {
        if (schema.GetColumnOrNull(name) is not { } column)
            throw context.ExceptSchemaMismatch(nameof(schema), "score", name);
        return ((column.Type as VectorDataViewType)?.ItemType ?? column.Type) == NumberDataViewType.Single
            ? column
            : throw context.ExceptSchemaMismatch(nameof(schema), "score", name, ExpectedType, column.Type.ToString());
    }

    /// <summary>The columns, and how many quantiles the scales are compared by.</summary>
    public override string ToString() => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{nameof(RecalibrateScoresTransformer)} of '{ScoreColumnName}' → '{OutputColumnName}' by {_oldQuantiles.Length} quantiles");

    /// <inheritdoc />
    protected override void SaveModel(ModelSaveContext ctx) => _entry.Write(Host, ctx, stream => CheckedBlock.Write(stream, _signature, writer =>
    {
        // Texts output, input; doubles old quantiles, new quantiles.
        writer.WriteText(OutputColumnName);
        writer.WriteText(ScoreColumnName);
        writer.WriteDoubles(_oldQuantiles);
        writer.WriteDoubles(_newQuantiles);
    }));

    /// <inheritdoc />
    protected override IRowMapper MakeRowMapper(DataViewSchema schema) => new Mapper(this, schema);

    // The loader calls one of these by its signature; it wants no public constructor of the same one beside them.
    internal static RecalibrateScoresTransformer Create(IHostEnvironment env, ModelLoadContext ctx) => _entry.Read(env, ctx, stream => CheckedBlock.Read(stream, _signature, "score recalibration", reader =>
    {
        var (output, score) = (reader.ReadText(), reader.ReadText());
        var (old, current) = (reader.ReadDoubles(), reader.ReadDoubles());
        return output.Length > 0 && score.Length > 0 && old.Length == current.Length && AreQuantiles(old) && AreQuantiles(current)
            ? new RecalibrateScoresTransformer(env, output, score, old, current)
            : throw new InvalidDataException($"The stored score recalibration is damaged: it has {old.Length} and {current.Length} quantiles, which must be as many, rise, and not all be the same.");
    }));

    private static bool AreQuantiles(double[] values) => values.Length >= 2 && values[0] < values[^1] && double.IsFinite(values[^1] - values[0]) && values.Zip(values.Skip(1)).All(pair => pair.First <= pair.Second);

    internal static IRowMapper Create(IHostEnvironment env, ModelLoadContext ctx, DataViewSchema schema) => Create(env, ctx).MakeRowMapper(schema);

    /// <summary>The transformer bound to a schema.</summary>
    private sealed class Mapper : MapperBase
    {
        private readonly RecalibrateScoresTransformer _parent;
        private readonly DataViewSchema.Column _input;

        internal Mapper(RecalibrateScoresTransformer parent, DataViewSchema schema)
            : base(parent.Host.Register(nameof(Mapper)), schema, parent)
        {
            _parent = parent;
            _input = FindColumn(Host, schema, parent.ScoreColumnName);
        }

        protected override DataViewSchema.DetachedColumn[] GetOutputColumnsCore() =>
            [new DataViewSchema.DetachedColumn(_parent.OutputColumnName, _input.Type, _input.Annotations)];

        protected override Delegate MakeGetter(DataViewRow input, int iinfo, Func<int, bool> activeOutput, out Action? disposer)
        {
            disposer = null;
            if (_input.Type is not VectorDataViewType)
            {
                var getter = input.GetGetter<float>(_input);
                return (ValueGetter<float>)((ref float value) =>
                {
                    getter(ref value);
                    value = _parent.MapScore(value);
                });
            }

            var vectorGetter = input.GetGetter<VBuffer<float>>(_input);
            VBuffer<float> source = default;
            return (ValueGetter<VBuffer<float>>)((ref VBuffer<float> value) =>
            {
                vectorGetter(ref source);
                var editor = VBufferEditor.Create(ref value, source.Length);
                var at = 0;
                foreach (var score in source.DenseValues())
                    editor.Values[at++] = _parent.MapScore(score);
                value = editor.Commit();
            });
        }

        protected override Func<int, bool> GetDependenciesCore(Func<int, bool> activeOutput)
        {
            var isActive = activeOutput(0);
            return column => isActive && column == _input.Index;
        }

        protected override void SaveModel(ModelSaveContext ctx) => _parent.SaveModel(ctx);
    }
}
