using System.Numerics.Tensors;
using Microsoft.ML.Data;

namespace Microsoft.ML.ModalityGap;

public sealed partial class FuseEmbeddingsTransformer
{
    /// <summary>The transformer bound to a schema.</summary>
    private sealed class Mapper : MapperBase
    {
        private readonly FuseEmbeddingsTransformer _parent;
        private readonly DataViewSchema.Column[] _inputs;
        private readonly int _dimension; // 0 where all vary by row

        internal Mapper(FuseEmbeddingsTransformer parent, DataViewSchema schema)
            : base(parent.Host.Register(nameof(Mapper)), schema, parent)
        {
            _parent = parent;
            _dimension = parent.InputColumnNames.Select(name => ((VectorDataViewType)EmbeddingColumns.Find(Host, schema, name).Type).Size).FirstOrDefault(size => size != 0);
            _inputs = [.. parent.InputColumnNames.Select(name => EmbeddingColumns.Find(Host, schema, name, _dimension == 0 ? null : _dimension))];
        }

        protected override DataViewSchema.DetachedColumn[] GetOutputColumnsCore()
        {
            var annotations = new DataViewSchema.Annotations.Builder();
            if (_inputs.Select(MapFingerprint.Find).Distinct().ToArray() is [{ } fingerprint])
                MapFingerprint.Add(annotations, fingerprint);
            var type = _dimension == 0 ? new VectorDataViewType(NumberDataViewType.Single) : new VectorDataViewType(NumberDataViewType.Single, _dimension);
            return [new DataViewSchema.DetachedColumn(_parent.OutputColumnName, type, annotations.ToAnnotations())];
        }

        protected override Delegate MakeGetter(DataViewRow input, int iinfo, Func<int, bool> activeOutput, out Action? disposer)
        {
            disposer = null;
            var getters = Array.ConvertAll(_inputs, column => input.GetGetter<VBuffer<float>>(column));
            VBuffer<float> source = default;
            float[] unit = [], sum = [];
            return (ValueGetter<VBuffer<float>>)((ref VBuffer<float> destination) =>
            {
                for (var i = 0; i < getters.Length; i++)
                {
                    getters[i](ref source);
                    DenseRows.MakeDense(ref source);
                    var expected = i > 0 ? sum.Length : _dimension == 0 ? source.Length : _dimension;
                    if (source.Length != expected)
                    {
                        throw new InvalidDataException(
                            $"Column '{_inputs[i].Name}', row {RowNumbers.Get(input)}, has {source.Length} dimensions where {expected} are expected: embeddings of one space are fused.");
                    }

                    if (i == 0)
                        (unit, sum) = sum.Length == expected ? (unit, sum) : (new float[expected], new float[expected]);
                    RowKernels.Normalize(source.GetValues(), unit);
                    if (i == 0)
                        TensorPrimitives.Multiply(unit, (float)_parent.Weights[i], sum);
                    else
                        TensorPrimitives.MultiplyAdd(unit, (float)_parent.Weights[i], sum, sum);
                }

                var editor = VBufferEditor.Create(ref destination, sum.Length);
                RowKernels.Normalize(sum, editor.Values);
                destination = editor.Commit();
            });
        }

        protected override Func<int, bool> GetDependenciesCore(Func<int, bool> activeOutput)
        {
            var needed = activeOutput(0) ? _inputs.Select(column => column.Index).ToHashSet() : [];
            return needed.Contains;
        }

        protected override void SaveModel(ModelSaveContext ctx) => _parent.SaveModel(ctx);
    }
}
