using System.Buffers;
using System.Numerics;
using System.Numerics.Tensors;

namespace Microsoft.ML.ModalityGap;

/// <summary>
/// Evaluates a loss and its gradient on batches of unit vectors. All terms of a sum share the matrices of cosines and the products back from them; the
/// result does not depend on the number of threads.
/// </summary>
internal sealed class LossEvaluator<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    // Below this a second thread costs more than it brings.
    private const int RowsPerPart = 64;

    private readonly int _dimension;
    private readonly int _maxDegreeOfParallelism;
    private readonly Group[] _groups;
    private readonly bool _needsInputs;
    private readonly LossDirection<T> _forward;
    private readonly LossDirection<T> _reverse;
    private readonly T[][] _inputWithin;
    private readonly ParameterBlock<T> _parameters;
    private readonly Dictionary<ElementaryLoss, Range> _parameterRanges = new(ReferenceEqualityComparer.Instance);

    /// <exception cref="ArgumentException">The loss looks at a prefix of more dimensions than there are.</exception>
    internal LossEvaluator(Loss loss, int dimension, int capacity, int maxDegreeOfParallelism)
    {
        var terms = new List<LossTerm>();
        loss.CollectTerms(terms, 1, prefix: null);
        if (terms.FirstOrDefault(term => term.Prefix > dimension) is { } tooLong)
            throw new ArgumentException($"The loss looks at the first {tooLong.Prefix} dimensions, but the trained embeddings have {dimension}.", nameof(loss));

        _dimension = dimension;
        _maxDegreeOfParallelism = maxDegreeOfParallelism;
        _groups = [.. terms.GroupBy(term => term.Prefix ?? dimension).Select(group => new Group(group.Key, dimension, capacity, [.. group]))];
        _needsInputs = terms.Exists(term => term.Loss.NeedsInputs);
        (_forward, _reverse) = LossDirection<T>.CreateBoth(capacity, terms.Exists(term => term.Loss.NeedsWithin));
        _inputWithin = _needsInputs ? [new T[capacity * capacity], new T[capacity * capacity]] : [[], []];

        var initial = new List<double>();
        foreach (var part in terms.Select(term => term.Loss).Distinct(ReferenceEqualityComparer.Instance).Cast<ElementaryLoss>())
        {
            _parameterRanges[part] = initial.Count..(initial.Count + part.InitialParameters.Count);
            initial.AddRange(part.InitialParameters);
        }

        _parameters = new ParameterBlock<T>([.. initial.Select(T.CreateTruncating)], decays: false);
        _forward.ParameterGradients = new T[initial.Count];
        _reverse.ParameterGradients = new T[initial.Count];
    }

    /// <summary>The losses' own parameters, such as learned scales.</summary>
    internal ParameterBlock<T> Parameters => _parameters;

    /// <summary>Evaluates the loss. The gradient for the parameters is left in <see cref="Parameters"/>.</summary>
    /// <param name="batch">The rows as they came from the encoders; looked at by few losses.</param>
    /// <param name="x">N unit vectors.</param>
    /// <param name="y">Their partners.</param>
    /// <param name="xGradient">Receives dL/dx.</param>
    /// <param name="yGradient">Receives dL/dy.</param>
    internal double Evaluate(TrainingBatch<T> batch, T[] x, T[] y, T[] xGradient, T[] yGradient)
    {
        var count = batch.Count;
        if (_needsInputs)
        {
            MultiplyInputs(batch.First, _inputWithin[0]);
            MultiplyInputs(batch.Second, _inputWithin[1]);
        }

        var loss = 0.0;
        _parameters.Gradients.AsSpan().Clear();

        // The first product back to a gradient writes it; only what is added to must be there before.
        if (_groups[0].X is not null)
        {
            xGradient.AsSpan(0, count * _dimension).Clear();
            yGradient.AsSpan(0, count * _dimension).Clear();
        }

        foreach (var group in _groups)
        {
            group.Shorten(x, y, count);
            loss += Evaluate(
                group, group.X ?? x, group.Y ?? y, count, batch.Seed, group.XGradient ?? xGradient, group.YGradient ?? yGradient, adds: group.X is null && group != _groups[0]);
            group.AddGradients(xGradient, yGradient, count);
        }

        return loss;
    }

    /// <summary>Keeps the losses' own parameters in their ranges after an update.</summary>
    internal void LimitParameters()
    {
        foreach (var (loss, range) in _parameterRanges)
            loss.LimitParameters(_parameters.Values.AsSpan()[range]);
    }

    private double Evaluate(Group group, T[] x, T[] y, int count, ulong seed, T[] xGradient, T[] yGradient, bool adds)
    {
        var dimension = group.Prefix;
        _forward.Begin(count, seed, _inputWithin[0]);
        _reverse.Begin(count, seed, _inputWithin[1]);
        MultiplyRows(x, y, count, dimension, _forward.Cross);
        ForRows(count, (first, end) => MatrixTranspose.Copy<T>(_forward.Cross, count, count, _reverse.Cross, first, end));
        if (group.NeedsWithin)
        {
            MultiplyRows(x, x, count, dimension, _forward.Within);
            MultiplyRows(y, y, count, dimension, _reverse.Within);
        }

        var losses = new double[2];
        ParallelFor.Run(2, _maxDegreeOfParallelism, index =>
        {
            var direction = index == 0 ? _forward : _reverse;
            direction.ClearGradients();
            foreach (var term in group.Terms)
            {
                var range = _parameterRanges[term.Loss];
                losses[index] += term.Weight * term.Loss.Evaluate(
                    direction, T.CreateTruncating(term.Weight), _parameters.Values.AsSpan()[range], direction.ParameterGradients.AsSpan()[range]);
            }
        });

        var parameters = _parameters.Gradients.AsSpan();
        TensorPrimitives.Add(parameters, _forward.ParameterGradients, parameters);
        TensorPrimitives.Add(parameters, _reverse.ParameterGradients, parameters);
        ForRows(count, (first, end) => MatrixTranspose.Add<T>(_reverse.CrossGradient, count, count, _forward.CrossGradient, first, end));
        ForDirections((direction, threads) =>
        {
            var (own, other, gradient) = direction.IsReverse ? (y, x, yGradient) : (x, y, xGradient);
            TrainingMatrix.Multiply<T>(_forward.CrossGradient, direction.IsReverse, other, false, count, dimension, count, gradient, adds, threads);
            if (group.NeedsWithin)
                AddWithinGradient(direction, own, count, dimension, gradient, threads);
        });
        return losses[0] + losses[1];
    }

    /// <summary>A = X Xᵀ has the gradient (G + Gᵀ) X; G's buffer is free once it has been read, but the cosines' is, too.</summary>
    private static void AddWithinGradient(LossDirection<T> direction, T[] rows, int count, int dimension, T[] gradient, int threads)
    {
        direction.WithinGradient.CopyTo(direction.Within);
        MatrixTranspose.Add<T>(direction.WithinGradient, count, count, direction.Within);
        TrainingMatrix.Multiply<T>(direction.Within, false, rows, false, count, dimension, count, gradient, accumulate: true, threads);
    }

    /// <summary>Works on both directions: at once where there is a thread for each, as a product that has a core to itself packs everything once and waits for no other; with more threads one after the other, each with all.</summary>
    /// <param name="work">Takes a direction and the most threads for it.</param>
    private void ForDirections(Action<LossDirection<T>, int> work)
    {
        if (ParallelFor.LimitThreads(_maxDegreeOfParallelism) == 2)
        {
            ParallelFor.Run(2, _maxDegreeOfParallelism, index => work(index == 0 ? _forward : _reverse, 1));
            return;
        }

        work(_forward, _maxDegreeOfParallelism);
        work(_reverse, _maxDegreeOfParallelism);
    }

    /// <summary>Works on all rows of a square matrix in parts for all threads, of whole tiles of <see cref="MatrixTranspose"/>.</summary>
    /// <param name="count">How many rows.</param>
    /// <param name="work">Takes the first row of a part and its end.</param>
    private void ForRows(int count, Action<int, int> work)
    {
        var parts = Math.Clamp(count / RowsPerPart, 1, ParallelFor.LimitThreads(_maxDegreeOfParallelism));
        var tiles = (count + MatrixTranspose.Tile - 1) / MatrixTranspose.Tile;
        ParallelFor.Run(parts, parts, part => work(part * tiles / parts * MatrixTranspose.Tile, Math.Min(count, (part + 1) * tiles / parts * MatrixTranspose.Tile)));
    }

    private void MultiplyInputs(BatchRows<T> rows, T[] cosines)
    {
        var copy = ArrayPool<T>.Shared.Rent(rows.Count * rows.Dimension);
        rows.CopyTo(copy);
        MultiplyRows(copy, copy, rows.Count, rows.Dimension, cosines);
        ArrayPool<T>.Shared.Return(copy);
    }

    private void MultiplyRows(T[] x, T[] y, int count, int dimension, Span<T> cosines) =>
        TrainingMatrix.Multiply<T>(x, false, y, true, count, count, dimension, cosines, accumulate: false, _maxDegreeOfParallelism);

    /// <summary>The terms that see the same dimensions.</summary>
    private sealed class Group
    {
        private readonly int _dimension;
        private readonly T[] _norms = [];

        internal Group(int prefix, int dimension, int capacity, LossTerm[] terms)
        {
            (Prefix, _dimension, Terms) = (prefix, dimension, terms);
            NeedsWithin = terms.Any(term => term.Loss.NeedsWithin);
            if (prefix == dimension)
                return;

            (X, Y, XGradient, YGradient) = (new T[capacity * prefix], new T[capacity * prefix], new T[capacity * prefix], new T[capacity * prefix]);
            _norms = new T[2 * capacity];
        }

        internal int Prefix { get; }

        internal LossTerm[] Terms { get; }

        internal bool NeedsWithin { get; }

        // Of a prefix shorter than the whole.
        internal T[]? X { get; }

        internal T[]? Y { get; }

        internal T[]? XGradient { get; }

        internal T[]? YGradient { get; }

        internal void Shorten(T[] x, T[] y, int count)
        {
            if (X is null)
                return;
            Shorten(x, X, _norms.AsSpan(0, count));
            Shorten(y, Y!, _norms.AsSpan(count, count));
        }

        /// <summary>Back through the normalisation of the prefixes.</summary>
        internal void AddGradients(T[] xGradient, T[] yGradient, int count)
        {
            if (X is null)
                return;
            AddGradients(X, XGradient!, _norms.AsSpan(0, count), xGradient);
            AddGradients(Y!, YGradient!, _norms.AsSpan(count, count), yGradient);
        }

        private void Shorten(T[] source, T[] destination, Span<T> norms)
        {
            for (var row = 0; row < norms.Length; row++)
                norms[row] = UnitRow.Normalize<T>(source.AsSpan(row * _dimension, Prefix), destination.AsSpan(row * Prefix, Prefix));
        }

        private void AddGradients(T[] unit, T[] gradient, ReadOnlySpan<T> norms, T[] sum)
        {
            for (var row = 0; row < norms.Length; row++)
            {
                var own = gradient.AsSpan(row * Prefix, Prefix);
                UnitRow.Backward<T>(unit.AsSpan(row * Prefix, Prefix), norms[row], own, own);
                var target = sum.AsSpan(row * _dimension, Prefix);
                TensorPrimitives.Add<T>(target, own, target);
            }
        }
    }
}
