using Microsoft.ML.Data;

namespace Microsoft.ML.ModalityGap;

public sealed partial class EncodeWithOnnxTransformer
{
    /// <summary>The transformer bound to a schema: the columns it reads and adds, and the getter that encodes one row alone.</summary>
    private sealed class Mapper : IRowMapper
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
            return (ref VBuffer<float> destination) =>
            {
                read(0);
                batch.Encode(first: 0, count: 1);
                Copy(batch.GetEmbedding(0), ref destination);
            };
        }
    }

    private static void Copy(ReadOnlySpan<float> embedding, ref VBuffer<float> destination)
    {
        var editor = VBufferEditor.Create(ref destination, embedding.Length);
        embedding.CopyTo(editor.Values);
        destination = editor.Commit();
    }
}
