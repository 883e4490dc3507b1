using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;

namespace Microsoft.ML.ModalityGap;

public sealed partial class EncodeWithOnnxTransformer
{
    /// <summary>The transformer bound to a schema: the columns it reads and adds, and the getter that encodes one row alone.</summary>
    private sealed class Mapper : ILookaheadMapper
    {
        private readonly EncodeWithOnnxTransformer _parent;
        private readonly DataViewSchema.DetachedColumn[] _outputs;

        internal Mapper(EncodeWithOnnxTransformer parent, DataViewSchema schema)
        {
            _parent = parent;
            Inputs = [.. parent._plan.Inputs.Select(input => input.Find(parent._host, schema))];
            _outputs = [new(parent.OutputColumnName, new VectorDataViewType(NumberDataViewType.Single, parent.Dimension))];
            Bindings = new ColumnBindings(schema, _outputs);
        }

        /// <summary>The columns of the encoder's inputs, in their order.</summary>
        internal IReadOnlyList<DataViewSchema.Column> Inputs { get; }

        internal ColumnBindings Bindings { get; }

        // ONNX Runtime uses all cores for a batch, and two batches at once would only take more memory.
        public bool Splits => false;

        public bool IsMadeAhead(int output) => true;

        public IReadOnlyList<DataViewSchema.Column> GetInputs(Func<int, bool> activeOutput) => Inputs;

        public LookaheadBatch CreateBatch(Func<int, bool> activeOutput, bool isAlone) => _parent.CreateBatch();

        public bool CanKeep(DataViewType type) => type is ImageDataViewType || LookaheadColumn.CanKeep(type);

        public LookaheadColumn Keep(DataViewRow source, DataViewSchema.Column column, int capacity) =>
            column.Type is ImageDataViewType ? new LookaheadImages(source, column, capacity) : LookaheadColumn.Create(source, column, capacity);

        public DataViewSchema.DetachedColumn[] GetOutputColumns() => _outputs;

        public Func<int, bool> GetDependencies(Func<int, bool> activeOutput)
        {
            var active = activeOutput(0);
            return column => active && Inputs.Any(input => input.Index == column);
        }

        public Delegate[] CreateGetters(DataViewRow input, Func<int, bool> activeOutput, out Action? disposer)
        {
            disposer = null;
            return [activeOutput(0) ? CreateGetter(input) : null!];
        }

        public ITransformer GetTransformer() => _parent;

        void ICanSaveModel.Save(ModelSaveContext ctx) => _parent.Save(ctx);

        private ValueGetter<VBuffer<float>> CreateGetter(DataViewRow input)
        {
            var batch = _parent.CreateBatch(ofOne: true);
            var read = batch.CreateReader(input, Inputs);
            var copy = (ValueGetter<VBuffer<float>>)batch.CreateGetter(output: 0, () => 0);
            return (ref VBuffer<float> destination) =>
            {
                read(0);
                batch.Encode(first: 0, count: 1);
                copy(ref destination);
            };
        }
    }
}
