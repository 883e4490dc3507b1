using System.Numerics.Tensors;
using Microsoft.ML.Data;

namespace Microsoft.ML.ModalityGap;

public sealed partial class ClassifyZeroShotTransformer
{
    /// <summary>The scores of a cursor's current row, computed once however many columns ask for them.</summary>
    private sealed class ScoredRow
    {
        private readonly ClassifyZeroShotTransformer _parent;
        private readonly DataViewRow _row;
        private readonly ValueGetter<VBuffer<float>> _getEmbedding;
        private readonly float[] _mapped;
        private readonly float[] _similarities;
        private readonly float[] _margins;
        private readonly float[] _scores;
        private readonly int[] _top;
        private readonly ZeroShotCache.Blender? _blender;
        private VBuffer<float> _embedding;
        private long _position = -1;

        internal ScoredRow(ClassifyZeroShotTransformer parent, DataViewRow row, ValueGetter<VBuffer<float>> getEmbedding)
        {
            (_parent, _row, _getEmbedding) = (parent, row, getEmbedding);
            _mapped = new float[parent.Classes.Dimension];
            _similarities = new float[parent.Classes.Count];
            _margins = new float[parent.Classes.Count];
            _scores = new float[parent.Classes.Count];
            _blender = parent.Cache?.CreateBlender();
            _top = new int[Math.Min(parent.Options.TopCount, parent.Classes.Count)];
        }

        /// <summary>Whether the row has a direction; else its similarities and scores are NaN.</summary>
        internal bool IsUsable { get; private set; }

        internal ReadOnlySpan<float> Similarities => _similarities;

        internal ReadOnlySpan<float> Scores => _scores;

        /// <summary>The likeliest classes, the first of equal ones first.</summary>
        internal ReadOnlySpan<int> Top => _top;

        internal ScoredRow Update()
        {
            if (_position == _row.Position && _position >= 0)
                return this;
            _getEmbedding(ref _embedding);
            if (_embedding.Length != _parent.InputDimension)
            {
                throw new InvalidDataException(
                    $"Column '{_parent.InputColumnName}', row {RowNumbers.Get(_row)}: the classifier takes {_parent.InputDimension} dimensions, but the row has {_embedding.Length}.");
            }

            DenseRows.MakeDense(ref _embedding);
            if (_parent.ImageMap is { } map)
                map.ApplyRow(_embedding.GetValues(), _mapped);
            else
                _embedding.GetValues().CopyTo(_mapped);
            RowKernels.Normalize(_mapped, _mapped);
            IsUsable = RowKernels.SquaredNorm(_mapped) > 0.5f;
            if (IsUsable)
                Score();
            else
                SetUnusable();
            _position = _row.Position;
            return this;
        }

        private void Score()
        {
            var classes = _parent.Classes.Embeddings.Span;
            for (var i = 0; i < _similarities.Length; i++)
                _similarities[i] = TensorPrimitives.Dot(_mapped, classes.Slice(i * _mapped.Length, _mapped.Length));
            _blender?.AddTo(_mapped, _similarities);
            var isSingle = _parent.Options.Mode == ZeroShotMode.SingleLabel;
            if (isSingle)
                TensorPrimitives.Multiply(_similarities, _parent.LogitScale, _margins);
            else
            {
                for (var i = 0; i < _margins.Length; i++)
                    _margins[i] = _parent.LogitScale * (_similarities[i] - _parent.Thresholds[i]);
            }

            FindTop();
            if (isSingle)
            {
                // The library's softmax does not take the largest away first, and exp(100) is no float.
                TensorPrimitives.Subtract(_margins, _margins[_top[0]], _scores);
                TensorPrimitives.SoftMax<float>(_scores, _scores);
            }
            else
            {
                TensorPrimitives.Sigmoid<float>(_margins, _scores);
            }
        }

        private void FindTop()
        {
            var filled = 0;
            for (var i = 0; i < _margins.Length; i++)
            {
                if (filled == _top.Length && !(_margins[i] > _margins[_top[^1]]))
                    continue;
                var at = filled < _top.Length ? filled++ : filled - 1;
                for (; at > 0 && _margins[i] > _margins[_top[at - 1]]; at--)
                    _top[at] = _top[at - 1];
                _top[at] = i;
            }
        }

        private void SetUnusable()
        {
            _similarities.AsSpan().Fill(float.NaN);
            _scores.AsSpan().Fill(float.NaN);
        }
    }
}
