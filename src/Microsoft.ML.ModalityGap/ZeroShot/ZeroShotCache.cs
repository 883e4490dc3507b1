using System.Numerics.Tensors;

namespace Microsoft.ML.ModalityGap;

/// <summary>Confident rows with the classes they count for, and what they add to a row's similarities. Immutable; the formulas are <see cref="ZeroShotCacheOptions"/>'.</summary>
internal sealed class ZeroShotCache
{
    /// <summary>The scale under which the paper's code takes probabilities for opinions, whatever the classifier's own is.</summary>
    internal const float OpinionScale = 10;

    /// <summary>CLIP's logit scale, in whose units the paper's weight is.</summary>
    internal const float WeightScale = 100;

    private readonly ZeroShotClasses _classes;
    private readonly float[] _rows;
    private readonly int[] _labels;

    // By which ln p_c = 10·cos_c − this.
    private readonly float[] _logSums;

    /// <param name="classes">After the text map.</param>
    /// <param name="rows">Unit rows after the image map, one behind the other.</param>
    /// <param name="labels">The class each counts for.</param>
    /// <param name="weight">α.</param>
    /// <param name="sharpness">β.</param>
    internal ZeroShotCache(ZeroShotClasses classes, float[] rows, int[] labels, float weight, float sharpness)
    {
        (_classes, _rows, _labels, Weight, Sharpness) = (classes, rows, labels, weight, sharpness);
        _logSums = new float[labels.Length];
        var logits = new float[classes.Count];
        for (var i = 0; i < labels.Length; i++)
        {
            FillLogits(classes, GetRow(i), logits);
            _logSums[i] = GetLogSum(logits);
        }
    }

    internal int Count => _labels.Length;

    /// <summary>The unit rows, one behind the other.</summary>
    internal ReadOnlySpan<float> Rows => _rows;

    /// <summary>The class each row counts for.</summary>
    internal ReadOnlySpan<int> Labels => _labels;

    /// <summary>ln Σ exp(10·cos_c) of each row.</summary>
    internal ReadOnlySpan<float> LogSums => _logSums;

    internal float Weight { get; }

    internal float Sharpness { get; }

    /// <summary>10·cos of a unit row with every class.</summary>
    internal static void FillLogits(ZeroShotClasses classes, ReadOnlySpan<float> row, Span<float> logits)
    {
        for (var c = 0; c < logits.Length; c++)
            logits[c] = OpinionScale * TensorPrimitives.Dot(row, classes.GetEmbedding(c));
    }

    /// <summary>ln Σ exp.</summary>
    internal static float GetLogSum(ReadOnlySpan<float> logits)
    {
        var largest = TensorPrimitives.Max(logits);
        var sum = 0.0;
        foreach (var logit in logits)
            sum += Math.Exp(logit - largest);
        return (float)(largest + Math.Log(sum));
    }

    /// <summary>Adds to the similarities of rows, with buffers of its own: one for each thread.</summary>
    internal Blender CreateBlender() => new(this);

    /// <summary>floats weight and sharpness, floats of the rows, ints of their classes.</summary>
    internal void Write(BinaryWriter writer)
    {
        writer.WriteFloats([Weight, Sharpness]);
        writer.WriteFloats(_rows);
        writer.Write(_labels.Length);
        foreach (var label in _labels)
            writer.Write(label);
    }

    internal static ZeroShotCache Read(BlockReader reader, ZeroShotClasses classes)
    {
        var numbers = reader.ReadFloats();
        var rows = reader.ReadFloats();
        var labels = new int[reader.ReadCount()];
        for (var i = 0; i < labels.Length; i++)
            labels[i] = reader.ReadInt32();
        if (numbers.Length != 2 || labels.Length == 0 || rows.Length != (long)labels.Length * classes.Dimension || labels.Any(label => label < 0 || label >= classes.Count))
            throw new InvalidDataException($"The stored zero-shot classifier is damaged: its cache has {labels.Length} rows and {rows.Length} values for {classes}.");
        return RowKernels.FindNotUnit(rows, classes.Dimension) is >= 0 and var bad
            ? throw new InvalidDataException($"The stored zero-shot classifier is damaged: row {bad} of its cache is no unit vector.")
            : new ZeroShotCache(classes, rows, labels, numbers[0], numbers[1]);
    }

    private ReadOnlySpan<float> GetRow(int index) => _rows.AsSpan(index * _classes.Dimension, _classes.Dimension);

    /// <summary>Works on one row at a time.</summary>
    internal sealed class Blender(ZeroShotCache cache)
    {
        private readonly float[] _opinion = new float[cache._classes.Count];
        private readonly float[] _expected = new float[cache._classes.Dimension];
        private readonly float[] _agreement = new float[cache.Count];

        /// <summary>Adds (α/100)·Σ exp(−β(1 − ⟨x, k_j⟩·m_j)) to each class's cosine.</summary>
        /// <param name="row">x, a unit row.</param>
        /// <param name="similarities">Its cosines with the classes, changed in place.</param>
        internal void AddTo(ReadOnlySpan<float> row, Span<float> similarities)
        {
            TensorPrimitives.Multiply(similarities, OpinionScale, _opinion);
            TensorPrimitives.Subtract(_opinion, TensorPrimitives.Max<float>(_opinion), _opinion);
            TensorPrimitives.SoftMax<float>(_opinion, _opinion);

            // KL(p_x‖p_j) = Σ p_x ln p_x − Σ_c p_xc (10⟨k_j, w_c⟩ − logsum_j), so all that depends on j is 10⟨k_j, Σ_c p_xc w_c⟩ − logsum_j: one product a cached row, however many classes.
            Array.Clear(_expected);
            for (var c = 0; c < _opinion.Length; c++)
                TensorPrimitives.MultiplyAdd(cache._classes.GetEmbedding(c), _opinion[c], _expected, _expected);
            for (var j = 0; j < _agreement.Length; j++)
                _agreement[j] = OpinionScale * TensorPrimitives.Dot(cache.GetRow(j), _expected) - cache._logSums[j];

            var (least, most) = (TensorPrimitives.Min<float>(_agreement), TensorPrimitives.Max<float>(_agreement));
            for (var j = 0; j < _agreement.Length; j++)
            {
                // Where the opinions of all cached rows are the same, they tell nothing apart.
                var alike = most > least ? 2 * (_agreement[j] - least) / (most - least) : 1;
                similarities[cache._labels[j]] += cache.Weight / WeightScale * MathF.Exp(-cache.Sharpness * (1 - TensorPrimitives.Dot(row, cache.GetRow(j)) * alike));
            }
        }
    }
}
