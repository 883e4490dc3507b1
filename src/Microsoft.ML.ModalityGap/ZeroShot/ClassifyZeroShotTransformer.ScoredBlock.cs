using System.Numerics.Tensors;
using Microsoft.ML.Data;

namespace Microsoft.ML.ModalityGap;

public sealed partial class ClassifyZeroShotTransformer
{
    /// <summary>The scores of rows, computed once however many columns ask for them; a row alone is a block of one.</summary>
    private sealed class ScoredBlock : BlockBatch
    {
        // As many rows as the product likes, and fewer where there are so many classes that their scores would fill the memory.
        private const int LargestBlock = 240;
        private const int MostScores = 1 << 20;

        // Whole tiles of the matrix product, and so few that their similarities are still near when they become scores.
        private const int ScoredAtOnce = 2 * MatrixTile.Rows;

        private readonly ClassifyZeroShotTransformer _parent;
        private readonly string[] _names;
        private readonly bool _ranks;
        private readonly bool _scoresAll;
        private readonly int _topCount;
        private readonly int _threads;
        private readonly float[] _rows;
        private readonly float[] _mapped;
        private readonly float[] _similarities;
        private readonly float[] _scores;
        private readonly int[] _top;
        private readonly bool[] _usable;

        private ScoredBlock(ClassifyZeroShotTransformer parent, Func<int, bool> activeOutput, int blockRows, bool isAlone)
            : base(blockRows, isAlone)
        {
            (_parent, _threads) = (parent, isAlone ? -1 : 1);
            var options = parent.Options;
            _names = [.. ZeroShotColumns.Create(parent.Classes.Names, options).Select(column => column.Name)];
            var active = _names.Where((_, output) => activeOutput(output)).ToArray();
            _ranks = active.Any(name => name != options.SimilarityColumnName);
            _scoresAll = active.Any(name => name != options.SimilarityColumnName && name != options.PredictedLabelColumnName && name != options.TopLabelsColumnName);
            _topCount = active.Any(name => name == options.TopLabelsColumnName || name == options.TopScoresColumnName) ? Math.Min(options.TopCount, parent.Classes.Count) : 1;
            _mapped = new float[Window * parent.Classes.Dimension];
            _rows = parent.ImageMap is null ? _mapped : new float[Window * parent.InputDimension];
            _similarities = new float[Window * parent.Classes.Count];
            _scores = new float[_similarities.Length];
            _top = new int[Window * _topCount];
            _usable = new bool[Window];
        }

        /// <param name="parent">The classifier.</param>
        /// <param name="activeOutput">The columns that are asked for; what only others need is not computed.</param>
        /// <param name="isAlone">Whether no other cursor goes beside.</param>
        internal static ScoredBlock OfMany(ClassifyZeroShotTransformer parent, Func<int, bool> activeOutput, bool isAlone) =>
            new(parent, activeOutput, Math.Clamp(MostScores / parent.Classes.Count, 1, LargestBlock), isAlone);

        internal static ScoredBlock OfOne(ClassifyZeroShotTransformer parent, Func<int, bool> activeOutput) => new(parent, activeOutput, 1, isAlone: false);

        internal override Action<long> CreateReader(DataViewRow row, IReadOnlyList<DataViewSchema.Column> columns)
        {
            var read = DenseRows.CreateReader(row, columns[0]);
            return number =>
            {
                var embedding = read();
                if (embedding.Length != _parent.InputDimension)
                {
                    throw new InvalidDataException(
                        $"Column '{_parent.InputColumnName}', row {RowNumbers.Get(row)}: the classifier takes {_parent.InputDimension} dimensions, but the row has {embedding.Length}.");
                }

                embedding.CopyTo(_rows.AsSpan(GetSlot(number) * _parent.InputDimension));
            };
        }

        internal override Delegate CreateGetter(int output, Func<int> getSlot)
        {
            var options = _parent.Options;
            var name = _names[output];
            if (name == options.PredictedLabelColumnName)
                return options.Mode == ZeroShotMode.SingleLabel ? CreateClassGetter(getSlot) : CreateClassesGetter(getSlot);
            if (name == options.ScoreColumnName)
                return (ValueGetter<VBuffer<float>>)((ref VBuffer<float> value) => Copy(GetClasses(_scores, getSlot()), ref value));
            if (name == options.SimilarityColumnName)
                return (ValueGetter<VBuffer<float>>)((ref VBuffer<float> value) => Copy(GetClasses(_similarities, getSlot()), ref value));
            if (name == options.TopLabelsColumnName)
                return (ValueGetter<VBuffer<ReadOnlyMemory<char>>>)((ref VBuffer<ReadOnlyMemory<char>> value) => CopyTopLabels(getSlot(), ref value));
            if (name == options.TopScoresColumnName)
                return (ValueGetter<VBuffer<float>>)((ref VBuffer<float> value) => CopyTopScores(getSlot(), ref value));
            return (ValueGetter<float>)((ref float value) =>
            {
                var slot = getSlot();
                value = _usable[slot] ? GetClasses(_scores, slot)[GetTop(slot)[0]] : float.NaN;
            });
        }

        protected override void Compute(int slot, int count) => ParallelFor.Run((count + ScoredAtOnce - 1) / ScoredAtOnce, _threads, piece =>
        {
            var first = piece * ScoredAtOnce;
            Score(slot + first, Math.Min(ScoredAtOnce, count - first));
        });

        /// <summary>All that is done to some rows, by one thread.</summary>
        private void Score(int slot, int count)
        {
            var (dimension, classes) = (_parent.Classes.Dimension, _parent.Classes.Count);
            var allMapped = _mapped.AsSpan(slot * dimension, count * dimension);
            _parent.ImageMap?.ApplyRows(_rows.AsSpan(slot * _parent.InputDimension, count * _parent.InputDimension), allMapped, maxDegreeOfParallelism: 1);
            for (var row = slot; row < slot + count; row++)
            {
                var mapped = GetMapped(row);
                RowKernels.Normalize(mapped, mapped);
                _usable[row] = RowKernels.SquaredNorm(mapped) > 0.5f;
            }

            MatrixProduct.Multiply(allMapped, _parent._packedClasses.Value, _similarities.AsSpan(slot * classes, count * classes), maxDegreeOfParallelism: 1);
            var blender = _parent.Cache?.CreateBlender();
            for (var row = slot; row < slot + count; row++)
                Finish(row, blender);
        }

        private void Finish(int slot, ZeroShotCache.Blender? blender)
        {
            var similarities = GetClasses(_similarities, slot);
            var scores = GetClasses(_scores, slot);
            if (!_usable[slot])
            {
                similarities.Fill(float.NaN);
                scores.Fill(float.NaN);
                return;
            }

            blender?.AddTo(GetMapped(slot), similarities);
            if (!_ranks)
                return;

            // First the margins stand where the scores will.
            var top = GetTop(slot);
            if (_parent.Options.Mode == ZeroShotMode.SingleLabel)
            {
                TensorPrimitives.Multiply(similarities, _parent.LogitScale, scores);
                FindTop(scores, top);
                if (!_scoresAll)
                    return;

                // The library's softmax does not take the largest away first, and exp(100) is no float.
                TensorPrimitives.Subtract(scores, scores[top[0]], scores);
                TensorPrimitives.SoftMax(scores, scores);
            }
            else
            {
                for (var i = 0; i < scores.Length; i++)
                    scores[i] = _parent.LogitScale * (similarities[i] - _parent.Thresholds[i]);
                FindTop(scores, top);
                if (_scoresAll)
                    TensorPrimitives.Sigmoid(scores, scores);
            }
        }

        /// <summary>The likeliest classes, the first of equal ones first.</summary>
        private static void FindTop(ReadOnlySpan<float> margins, Span<int> top)
        {
            if (top.Length == 1)
            {
                top[0] = TensorPrimitives.IndexOfMax(margins);
                return;
            }

            var filled = 0;
            for (var i = 0; i < margins.Length; i++)
            {
                if (filled == top.Length && !(margins[i] > margins[top[^1]]))
                    continue;
                var at = filled < top.Length ? filled++ : filled - 1;
                for (; at > 0 && margins[i] > margins[top[at - 1]]; at--)
                    top[at] = top[at - 1];
                top[at] = i;
            }
        }

        private ValueGetter<uint> CreateClassGetter(Func<int> getSlot) => (ref uint value) =>
        {
            var slot = getSlot();
            value = _usable[slot] ? (uint)GetTop(slot)[0] + 1 : 0;
        };

        private ValueGetter<VBuffer<bool>> CreateClassesGetter(Func<int> getSlot) => (ref VBuffer<bool> value) =>
        {
            var similarities = GetClasses(_similarities, getSlot());
            var editor = VBufferEditor.Create(ref value, similarities.Length);
            for (var i = 0; i < editor.Values.Length; i++)
                editor.Values[i] = similarities[i] >= _parent.Thresholds[i];
            value = editor.Commit();
        };

        private void CopyTopLabels(int slot, ref VBuffer<ReadOnlyMemory<char>> value)
        {
            var top = GetTop(slot);
            var editor = VBufferEditor.Create(ref value, top.Length);
            for (var i = 0; i < top.Length; i++)
                editor.Values[i] = _usable[slot] ? _parent.Classes.Names[top[i]].AsMemory() : default;
            value = editor.Commit();
        }

        private void CopyTopScores(int slot, ref VBuffer<float> value)
        {
            var top = GetTop(slot);
            var scores = GetClasses(_scores, slot);
            var editor = VBufferEditor.Create(ref value, top.Length);
            for (var i = 0; i < top.Length; i++)
                editor.Values[i] = _usable[slot] ? scores[top[i]] : float.NaN;
            value = editor.Commit();
        }

        private Span<float> GetMapped(int slot) => _mapped.AsSpan(slot * _parent.Classes.Dimension, _parent.Classes.Dimension);

        private Span<float> GetClasses(float[] values, int slot) => values.AsSpan(slot * _parent.Classes.Count, _parent.Classes.Count);

        private Span<int> GetTop(int slot) => _top.AsSpan(slot * _topCount, _topCount);

        private static void Copy(ReadOnlySpan<float> source, ref VBuffer<float> value)
        {
            var editor = VBufferEditor.Create(ref value, source.Length);
            source.CopyTo(editor.Values);
            value = editor.Commit();
        }
    }
}
