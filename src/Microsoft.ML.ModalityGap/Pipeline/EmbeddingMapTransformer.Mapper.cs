using System.Buffers;
using Microsoft.ML.Data;
using Microsoft.ML.Model.OnnxConverter;

namespace Microsoft.ML.ModalityGap;

public sealed partial class EmbeddingMapTransformer
{
    /// <summary>The transformer bound to a schema: makes the getters of the output columns.</summary>
    private sealed class Mapper : MapperBase, ISaveAsOnnx, ILookaheadMapper
    {
        private readonly EmbeddingMapTransformer _parent;
        private readonly Origin[] _origins;
        private readonly DataViewSchema.Column[] _inputs;
        private readonly DataViewSchema.Column? _modality;

        /// <param name="parent">The transformer.</param>
        /// <param name="schema">The schema.</param>
        /// <param name="before">The data, where it came through a transformer that works on rows in blocks; columns that maps made are mapped from what they were made of.</param>
        internal Mapper(EmbeddingMapTransformer parent, DataViewSchema schema, LookaheadDataView? before = null)
            : base(parent.Host.Register(nameof(Mapper)), schema, parent)
        {
            _parent = parent;
            _inputs = [.. parent.Columns.Pairs.Select((pair, i) => EmbeddingColumns.Find(Host, schema, pair.Input, parent._modalities[i].Map.InputDimension))];
            parent.CheckInputs(_inputs);
            if (parent.Columns.ModalityColumnName is { } name)
                _modality = EmbeddingColumns.FindModality(Host, schema, name);
            _origins = Array.ConvertAll(_inputs, input => new Origin(input, null));
            for (var i = 0; i < _inputs.Length && _modality is null; i++)
            {
                if (before?.Mapper is Mapper { _modality: null } first && before.FindOutput(_inputs[i]) is var output and >= 0)
                    _origins[i] = new Origin(schema[before.FindColumn(first._origins[output].Column)], first.GetWholeMap(output).ThenUnfused(parent._modalities[i].Map));
            }
        }

        public bool Splits => true;

        public bool IsWorthThreads => false;

        // To multiply by a matrix takes longer than to copy a row twice.
        public bool IsMadeAhead(int output) => Array.Exists(_modality is null ? [_parent._modalities[output]] : _parent._modalities, entry => entry.Map.LikesBlocks)
            || (_origins[output].WholeMap?.LikesBlocks ?? false);

        public RowMaker CreateMaker(DataViewRow input, int output)
        {
            var read = CreateRowReader(input, output);
            return destination =>
            {
                var row = read(out var map);
                map.ApplyRow(row, destination);
            };
        }

        public LookaheadBatch CreateBatch(Func<int, bool> activeOutput, bool isAlone) => new MappedBlock(this, activeOutput, isAlone);

        public IReadOnlyList<DataViewSchema.Column> GetInputs(Func<int, bool> activeOutput)
        {
            var dependencies = GetDependenciesCore(activeOutput);
            return [.. InputSchema.Where(column => dependencies(column.Index))];
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
            var make = CreateMaker(input, iinfo);
            var dimension = _parent._modalities[iinfo].Map.OutputDimension;
            return (ValueGetter<VBuffer<float>>)((ref VBuffer<float> destination) =>
            {
                var editor = VBufferEditor.Create(ref destination, dimension);
                make(editor.Values);
                destination = editor.Commit();
            });
        }

        protected override Func<int, bool> GetDependenciesCore(Func<int, bool> activeOutput)
        {
            var active = new bool[InputSchema.Count];
            for (var i = 0; i < _inputs.Length; i++)
            {
                if (!activeOutput(i))
                    continue;
                active[_origins[i].Column.Index] = true;
                if (_modality is { } modality)
                    active[modality.Index] = true;
            }

            return column => active[column];
        }

        protected override void SaveModel(ModelSaveContext ctx) => _parent.SaveModel(ctx);

        private EmbeddingMap GetWholeMap(int output) => _origins[output].WholeMap ?? _parent._modalities[output].Map;

        /// <summary>Makes what reads a row of the right length, and gives the map for it.</summary>
        private RowReader CreateRowReader(DataViewRow input, int output)
        {
            // What somebody asked for, too, is there already.
            var isFromOrigin = !input.IsColumnActive(_inputs[output]);
            var column = isFromOrigin ? _origins[output].Column : _inputs[output];
            var read = DenseRows.CreateReader(input, column);
            if (_modality is null)
            {
                var ofColumn = isFromOrigin ? GetWholeMap(output) : _parent._modalities[output].Map;
                return (out EmbeddingMap map) =>
                {
                    map = ofColumn;
                    return Check(read(), map, input, column);
                };
            }

            var reader = ModalityReader.Create(input, _modality.Value);
            var maps = _parent._modalities.ToDictionary(entry => entry.Modality, entry => entry.Map, StringComparer.Ordinal)
                .GetAlternateLookup<ReadOnlySpan<char>>();
            return (out EmbeddingMap map) =>
            {
                var name = reader.Read();
                if (!maps.TryGetValue(name, out map!))
                {
                    throw new InvalidDataException(
                        $"Column '{_modality!.Value.Name}', row {RowNumbers.Get(input)}, has the modality '{name}', for which nothing was fitted. There is {_parent.NameModalities()}.");
                }

                return Check(read(), map, input, column);
            };
        }

        private static ReadOnlySpan<float> Check(ReadOnlySpan<float> row, EmbeddingMap map, DataViewRow input, DataViewSchema.Column column)
        {
            if (row.Length != map.InputDimension)
            {
                throw new InvalidDataException(
                    $"Column '{column.Name}', row {RowNumbers.Get(input)}: the map takes {map.InputDimension} dimensions, but the row has {row.Length}.");
            }

            return row;
        }

        private static bool DescribesDimensions(string kind) =>
            kind is AnnotationUtils.Kinds.SlotNames or AnnotationUtils.Kinds.CategoricalSlotRanges;

        private delegate ReadOnlySpan<float> RowReader(out EmbeddingMap map);

        /// <summary>What a column is mapped from: the input, or what an earlier map made that of, with both maps in one.</summary>
        private readonly record struct Origin(DataViewSchema.Column Column, EmbeddingMap? WholeMap);

        /// <summary>Rows that are mapped together, on several threads.</summary>
        private sealed class MappedBlock : BlockBatch
        {
            private const int BlockRows = 256;

            // Whole tiles of the matrix product, in as many pieces as some cores share well.
            private const int MappedAtOnce = 4 * MatrixTile.Rows;

            private readonly Mapper _mapper;
            private readonly int[] _outputs;
            private readonly int _threads;
            private Column[] _columns = [];

            internal MappedBlock(Mapper mapper, Func<int, bool> activeOutput, bool isAlone)
                : base(BlockRows, isAlone)
            {
                (_mapper, _threads) = (mapper, isAlone ? -1 : 1);
                _outputs = [.. Enumerable.Range(0, mapper._inputs.Length).Where(activeOutput)];
            }

            internal override Action<long> CreateReader(DataViewRow row, IReadOnlyList<DataViewSchema.Column> columns)
            {
                _columns = Array.ConvertAll(_outputs, output => new Column(_mapper.CreateRowReader(row, output), _mapper._parent._modalities[output].Map.OutputDimension, Window));
                return number =>
                {
                    foreach (var column in _columns)
                        column.Read(GetSlot(number));
                };
            }

            internal override Delegate CreateGetter(int output, Func<int> getSlot)
            {
                var column = _columns[Array.IndexOf(_outputs, output)];
                return (ValueGetter<VBuffer<float>>)((ref VBuffer<float> destination) =>
                {
                    var editor = VBufferEditor.Create(ref destination, column.Dimension);
                    column.GetMapped(getSlot()).CopyTo(editor.Values);
                    destination = editor.Commit();
                });
            }

            protected override void Compute(int slot, int count) => ParallelFor.Run((count + MappedAtOnce - 1) / MappedAtOnce, _threads, piece =>
            {
                var first = piece * MappedAtOnce;
                foreach (var column in _columns)
                    column.Map(slot + first, Math.Min(MappedAtOnce, count - first));
            });

            /// <summary>A column's rows, one behind the other as they came.</summary>
            private sealed class Column(RowReader read, int dimension, int window)
            {
                private readonly EmbeddingMap[] _maps = new EmbeddingMap[window];
                private readonly float[] _mapped = new float[window * dimension];
                private float[] _rows = [];

                internal int Dimension => dimension;

                internal Span<float> GetMapped(int slot, int count = 1) => _mapped.AsSpan(slot * dimension, count * dimension);

                internal void Read(int slot)
                {
                    var row = read(out _maps[slot]);
                    if (_rows.Length == 0)
                        _rows = new float[window * row.Length];
                    row.CopyTo(_rows.AsSpan(slot * row.Length));
                }

                internal void Map(int first, int count)
                {
                    var map = _maps[first];
                    if (Array.FindIndex(_maps, first, count, other => other != map) < 0)
                        map.ApplyRows(GetRows(map, first, count), GetMapped(first, count), maxDegreeOfParallelism: 1);
                    else
                        MapByTurns(first, count);
                }

                /// <summary>Rows of several maps: those of each are brought together, and back.</summary>
                private void MapByTurns(int first, int count)
                {
                    foreach (var group in Enumerable.Range(first, count).GroupBy(slot => _maps[slot], ReferenceEqualityComparer.Instance))
                    {
                        var map = (EmbeddingMap)group.Key!;
                        int[] slots = [.. group];
                        var (sourceLength, mappedLength) = (slots.Length * map.InputDimension, slots.Length * dimension);
                        var rented = ArrayPool<float>.Shared.Rent(sourceLength + mappedLength);
                        var source = rented.AsSpan(0, sourceLength);
                        var mapped = rented.AsSpan(sourceLength, mappedLength);
                        for (var i = 0; i < slots.Length; i++)
                            GetRows(map, slots[i], 1).CopyTo(source[(i * map.InputDimension)..]);
                        map.ApplyRows(source, mapped, maxDegreeOfParallelism: 1);
                        for (var i = 0; i < slots.Length; i++)
                            mapped.Slice(i * dimension, dimension).CopyTo(GetMapped(slots[i]));
                        ArrayPool<float>.Shared.Return(rented);
                    }
                }

                private ReadOnlySpan<float> GetRows(EmbeddingMap map, int slot, int count) => _rows.AsSpan(slot * map.InputDimension, count * map.InputDimension);
            }
        }
    }
}
