using Microsoft.ML.Data;
using Microsoft.ML.Model.OnnxConverter;

namespace Microsoft.ML.ModalityGap;

public sealed partial class EmbeddingMapTransformer
{
    /// <summary>The transformer bound to a schema: makes the getters of the output columns.</summary>
    private sealed class Mapper : MapperBase, ISaveAsOnnx
    {
        private readonly EmbeddingMapTransformer _parent;
        private readonly DataViewSchema.Column[] _inputs;
        private readonly DataViewSchema.Column? _modality;

        internal Mapper(EmbeddingMapTransformer parent, DataViewSchema schema)
            : base(parent.Host.Register(nameof(Mapper)), schema, parent)
        {
            _parent = parent;
            _inputs = [.. parent.Columns.Pairs.Select((pair, i) => EmbeddingColumns.Find(Host, schema, pair.Input, parent._modalities[i].Map.InputDimension))];
            parent.CheckInputs(_inputs);
            if (parent.Columns.ModalityColumnName is { } name)
                _modality = EmbeddingColumns.FindModality(Host, schema, name);
        }

        /// <summary>ML.NET's own export asks; a graph cannot choose a map by a text.</summary>
        public bool CanSaveOnnx(OnnxContext ctx) => _modality is null;

        public void SaveAsOnnx(OnnxContext ctx)
        {
            ArgumentNullException.ThrowIfNull(ctx);
            ctx.CheckOpSetVersion(OnnxNodes.MinimumOpset, nameof(EmbeddingMapTransformer));

            // All inputs before any output: a column that is changed in place has the input's name.
            var inputs = Array.ConvertAll(_inputs, column => ctx.GetVariableName(column.Name));
            var outputs = GetOutputColumnsCore();
            var nodes = new OnnxContextNodes(ctx);
            for (var i = 0; i < inputs.Length; i++)
                nodes.Name(_parent._modalities[i].Map.AddTo(nodes, inputs[i]), outputs[i].Type, outputs[i].Name);
        }

        protected override DataViewSchema.DetachedColumn[] GetOutputColumnsCore()
        {
            var columns = new DataViewSchema.DetachedColumn[_inputs.Length];
            for (var i = 0; i < columns.Length; i++)
            {
                var map = _parent._modalities[i].Map;
                var annotations = new DataViewSchema.Annotations.Builder();
                var keepsDimensions = ((VectorDataViewType)_inputs[i].Type).Size == map.OutputDimension;
                annotations.Add(_inputs[i].Annotations, kind => kind != MapFingerprint.AnnotationKind && !FittedRows.IsAnnotation(kind) && (keepsDimensions || !DescribesDimensions(kind)));
                MapFingerprint.Add(annotations, MapFingerprint.Then(MapFingerprint.Find(_inputs[i]), _parent.Fingerprint));
                if (_modality is null)
                    FittedRows.Add(annotations, _inputs[i].Name, _parent._modalities[i].Statistics);
                else
                    FittedRows.Add(annotations, _inputs[i].Name, _modality.Value.Name, _parent._modalities);
                columns[i] = new DataViewSchema.DetachedColumn(
                    _parent.Columns.Pairs[i].Output, new VectorDataViewType(NumberDataViewType.Single, map.OutputDimension), annotations.ToAnnotations());
            }

            return columns;
        }

        protected override Delegate MakeGetter(DataViewRow input, int iinfo, Func<int, bool> activeOutput, out Action? disposer)
        {
            disposer = null;
            var getter = input.GetGetter<VBuffer<float>>(_inputs[iinfo]);
            if (_modality is { } modality)
                return MakeGetterByModality(input, getter, ModalityReader.Create(input, modality));

            var map = _parent._modalities[iinfo].Map;
            VBuffer<float> source = default;
            return (ValueGetter<VBuffer<float>>)((ref VBuffer<float> destination) =>
            {
                getter(ref source);
                Apply(map, input, iinfo, ref source, ref destination);
            });
        }

        protected override Func<int, bool> GetDependenciesCore(Func<int, bool> activeOutput)
        {
            var active = new bool[InputSchema.Count];
            for (var i = 0; i < _inputs.Length; i++)
            {
                if (!activeOutput(i))
                    continue;
                active[_inputs[i].Index] = true;
                if (_modality is { } modality)
                    active[modality.Index] = true;
            }

            return column => active[column];
        }

        protected override void SaveModel(ModelSaveContext ctx) => _parent.SaveModel(ctx);

        private ValueGetter<VBuffer<float>> MakeGetterByModality(DataViewRow input, ValueGetter<VBuffer<float>> getter, ModalityReader reader)
        {
            var maps = _parent._modalities.ToDictionary(entry => entry.Modality, entry => entry.Map, StringComparer.Ordinal)
                .GetAlternateLookup<ReadOnlySpan<char>>();
            VBuffer<float> source = default;
            return (ref VBuffer<float> destination) =>
            {
                var name = reader.Read();
                if (!maps.TryGetValue(name, out var map))
                {
                    throw new InvalidDataException(
                        $"Column '{_modality!.Value.Name}', row {RowNumbers.Get(input)}, has the modality '{name}', for which nothing was fitted. There is {_parent.NameModalities()}.");
                }

                getter(ref source);
                Apply(map, input, 0, ref source, ref destination);
            };
        }

        private void Apply(EmbeddingMap map, DataViewRow input, int index, ref VBuffer<float> source, ref VBuffer<float> destination)
        {
            if (source.Length != map.InputDimension)
            {
                throw new InvalidDataException(
                    $"Column '{_inputs[index].Name}', row {RowNumbers.Get(input)}: the map takes {map.InputDimension} dimensions, but the row has {source.Length}.");
            }

            var editor = VBufferEditor.Create(ref destination, map.OutputDimension);
            if (source.IsDense)
            {
                map.ApplyRow(source.GetValues(), editor.Values);
            }
            else
            {
                VBuffer<float> dense = default;
                source.CopyToDense(ref dense);
                map.ApplyRow(dense.GetValues(), editor.Values);
            }

            destination = editor.Commit();
        }

        private static bool DescribesDimensions(string kind) =>
            kind is AnnotationUtils.Kinds.SlotNames or AnnotationUtils.Kinds.CategoricalSlotRanges;
    }
}
