using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Microsoft.ML.ModalityGap;

/// <summary>How many of a query's highest scores are of the other modality; of equal ones those count that are offered first.</summary>
internal sealed class BestScores
{
    // In so many columns the highest score of each is found: they are apart, so the size-th highest of them is none too high for the size best of all.
    private const int FloorColumns = 16;

    // So many are gathered before the best of them are kept; a bit of a number each.
    private const int Capacity = 64;

    private readonly int _size;
    private readonly float[] _scores = new float[Capacity];
    private readonly float[] _highest = new float[FloorColumns];
    private int _count;
    private ulong _others; // a bit for each score that is of the other modality
    private float _floor;

    /// <param name="size">How many are the best; at most 32.</param>
    internal BestScores(int size) => _size = size;

    /// <summary>The share of the other modality's.</summary>
    internal double OtherShare
    {
        get
        {
            Trim();
            return _count == 0 ? 0 : (double)BitOperations.PopCount(_others) / _count;
        }
    }

    /// <summary>Begins anew, with scores to come.</summary>
    /// <param name="own">Those of the query's modality.</param>
    /// <param name="other">Those of the other.</param>
    /// <param name="leftOutCount">How many of them will be left out.</param>
    internal void Begin(ReadOnlySpan<float> own, ReadOnlySpan<float> other, int leftOutCount)
    {
        (_count, _others) = (0, 0);
        var rank = _size + leftOutCount;
        _floor = rank > FloorColumns || own.Length < FloorColumns ? float.NegativeInfinity : FindFloor(own, other, rank);
    }

    /// <summary>Offers the scores of a modality.</summary>
    /// <param name="scores">The scores.</param>
    /// <param name="isOther">Which modality it is.</param>
    /// <param name="leftOut">Rows that do not count.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)] // runs for a second at most; the first tier would take most of it
    internal void Offer(ReadOnlySpan<float> scores, bool isOther, ReadOnlySpan<int> leftOut)
    {
        var (at, floor) = (0, Vector256.Create(_floor));
        for (; at + Vector256<float>.Count <= scores.Length; at += Vector256<float>.Count)
        {
            for (var hits = Vector256.GreaterThanOrEqual(Vector256.Create(scores[at..]), floor).ExtractMostSignificantBits(); hits != 0; hits &= hits - 1)
            {
                var row = at + BitOperations.TrailingZeroCount(hits);
                if (!leftOut.Contains(row))
                    Add(scores[row], isOther);
            }
        }

        for (; at < scores.Length; at++)
        {
            if (scores[at] >= _floor && !leftOut.Contains(at))
                Add(scores[at], isOther);
        }
    }

    /// <summary>What at least so many scores are not below of.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private float FindFloor(ReadOnlySpan<float> own, ReadOnlySpan<float> other, int rank)
    {
        var (low, high) = (Vector256.Create(own), Vector256.Create(own[Vector256<float>.Count..]));
        for (var at = FloorColumns; at + FloorColumns <= own.Length; at += FloorColumns)
            (low, high) = (Vector256.Max(low, Vector256.Create(own[at..])), Vector256.Max(high, Vector256.Create(own[(at + Vector256<float>.Count)..])));
        for (var at = 0; at + FloorColumns <= other.Length; at += FloorColumns)
            (low, high) = (Vector256.Max(low, Vector256.Create(other[at..])), Vector256.Max(high, Vector256.Create(other[(at + Vector256<float>.Count)..])));

        var highest = _highest.AsSpan();
        low.CopyTo(highest);
        high.CopyTo(highest[Vector256<float>.Count..]);

        // So few are sorted sooner here than by Sort.
        for (var i = 1; i < highest.Length; i++)
        {
            var (value, place) = (highest[i], i);
            for (; place > 0 && highest[place - 1] < value; place--)
                highest[place] = highest[place - 1];
            highest[place] = value;
        }

        return highest[rank - 1];
    }

    private void Add(float score, bool isOther)
    {
        if (_count == Capacity)
            Trim();
        _scores[_count] = score;
        _others |= isOther ? 1UL << _count : 0;
        _count++;
    }

    /// <summary>Keeps the best, in the order they came in.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Trim()
    {
        if (_count <= _size)
            return;
        _scores.AsSpan(_count).Fill(float.NegativeInfinity);
        var kept = 0UL;
        for (var i = 0; i < _count; i++)
        {
            var before = 0;
            var (score, earlier) = (Vector256.Create(_scores[i]), (1UL << i) - 1);
            for (var at = 0; at < _count; at += Vector256<float>.Count)
            {
                var others = Vector256.Create(_scores, at);
                before += BitOperations.PopCount(Vector256.GreaterThan(others, score).ExtractMostSignificantBits());
                before += BitOperations.PopCount(((ulong)Vector256.Equals(others, score).ExtractMostSignificantBits() << at) & earlier);
            }

            kept |= before < _size ? 1UL << i : 0;
        }

        var (count, ofOthers) = (0, 0UL);
        for (; kept != 0; kept &= kept - 1)
        {
            var i = BitOperations.TrailingZeroCount(kept);
            ofOthers |= ((_others >> i) & 1) << count;
            _scores[count++] = _scores[i];
        }

        (_count, _others) = (count, ofOthers);
    }
}
