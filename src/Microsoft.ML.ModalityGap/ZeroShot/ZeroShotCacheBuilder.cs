using System.Numerics.Tensors;

namespace Microsoft.ML.ModalityGap;

/// <summary>Chooses the rows of a <see cref="ZeroShotCache"/> in one pass, holding no more than the best 2K of each class.</summary>
internal sealed class ZeroShotCacheBuilder
{
    /// <summary>The paper's share of the rows, and the limits its code puts around it.</summary>
    private const double CachedShare = 0.3;
    private const int FewestRows = 9;
    private const int MostRows = 16;

    private readonly ZeroShotClasses _classes;
    private readonly ZeroShotCacheOptions _options;
    private readonly PriorityQueue<Candidate, (float Probability, long Later)>[] _best;
    private readonly float[] _opinion;
    private readonly int _capacity;
    private long _count;

    internal ZeroShotCacheBuilder(ZeroShotClasses classes, ZeroShotCacheOptions options)
    {
        (_classes, _options) = (classes, options);
        _capacity = 2 * (options.RowsPerClass ?? MostRows);
        _best = Array.ConvertAll(new object[classes.Count], _ => new PriorityQueue<Candidate, (float, long)>());
        _opinion = new float[classes.Count];
    }

    /// <summary>Looks at a unit row, after the image map.</summary>
    internal void Add(ReadOnlySpan<float> row)
    {
        ZeroShotCache.FillLogits(_classes, row, _opinion);
        var logSum = ZeroShotCache.GetLogSum(_opinion);
        Candidate? candidate = null;
        for (var c = 0; c < _best.Length; c++)
        {
            // Of equal ones the earlier stays: the later is the first to go.
            var priority = (MathF.Exp(_opinion[c] - logSum), -_count);
            var isFull = _best[c].Count == _capacity;
            if (isFull && _best[c].TryPeek(out _, out var least) && priority.CompareTo(least) < 0)
                continue;
            candidate ??= new Candidate(row.ToArray(), Array.ConvertAll(_opinion, logit => (double)(logit - logSum)));
            if (isFull)
                _best[c].Dequeue();
            _best[c].Enqueue(candidate, priority);
        }

        _count++;
    }

    /// <exception cref="InvalidDataException">No row was added.</exception>
    internal ZeroShotCache Build(string columnName)
    {
        if (_count == 0)
            throw new InvalidDataException($"Column '{columnName}' has no usable row to make a cache of. Fit on the rows to be classified, or others like them; labels are not needed.");
        var perClass = _options.RowsPerClass ?? (int)Math.Clamp(_count * CachedShare / _classes.Count, FewestRows, MostRows);
        var (rows, labels) = (new List<float>(), new List<int>());
        for (var c = 0; c < _best.Length; c++)
        {
            foreach (var row in ChooseTypical(TakeBest(_best[c], 2 * perClass), perClass))
            {
                rows.AddRange(row);
                labels.Add(c);
            }
        }

        return new ZeroShotCache(_classes, [.. rows], [.. labels], _options.Weight, _options.Sharpness);
    }

    /// <summary>The likeliest rows of a class, likeliest first.</summary>
    private static Candidate[] TakeBest(PriorityQueue<Candidate, (float, long)> queue, int count) =>
        [.. queue.UnorderedItems.OrderByDescending(item => item.Priority).Take(count).Select(item => item.Element)];

    /// <summary>Those whose opinions are most like the others': with the least Σ_m KL(p_j‖p_m) = Σ_c p_jc (n ln p_jc − Σ_m ln p_mc).</summary>
    private static IEnumerable<float[]> ChooseTypical(Candidate[] candidates, int count)
    {
        var logs = new double[candidates[0].LogOpinion.Length];
        foreach (var candidate in candidates)
            TensorPrimitives.Add(logs, candidate.LogOpinion, logs);
        return candidates
            .OrderBy(candidate => candidate.LogOpinion.Zip(logs, (own, all) => Math.Exp(own) * (candidates.Length * own - all)).Sum())
            .Take(count)
            .Select(candidate => candidate.Row);
    }

    private sealed record Candidate(float[] Row, double[] LogOpinion);
}
