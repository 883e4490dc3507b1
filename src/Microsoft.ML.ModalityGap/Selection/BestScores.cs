using System.Numerics;
using System.Runtime.CompilerServices;

namespace Microsoft.ML.ModalityGap;

/// <summary>The highest of a query's scores, and which modality they are of; of equal ones those that are offered first.</summary>
internal sealed class BestScores(int size)
{
    // In so many vectors of columns the highest score of each is found: of many columns that are apart, the size-th highest is none too high for the size best of all.
    private const int FloorVectors = 4;

    private readonly float[] _scores = new float[size];
    private readonly bool[] _isOther = new bool[size];
    private readonly float[] _highest = new float[FloorVectors * Vector<float>.Count];
    private int _count;
    private float _floor;

    /// <summary>The share of the other modality's.</summary>
    internal double OtherShare
    {
        get
        {
            var others = 0;
            for (var i = 0; i < _count; i++)
                others += _isOther[i] ? 1 : 0;
            return _count == 0 ? 0 : (double)others / _count;
        }
    }

    /// <summary>Begins anew, with scores to come.</summary>
    /// <param name="own">Those of the query's modality.</param>
    /// <param name="other">Those of the other.</param>
    /// <param name="leftOutCount">How many of them will be left out.</param>
    internal void Begin(ReadOnlySpan<float> own, ReadOnlySpan<float> other, int leftOutCount)
    {
        _count = 0;
        _floor = FindFloor(own, other, size + leftOutCount);
    }

    /// <summary>Offers the scores of a modality.</summary>
    /// <param name="scores">The scores.</param>
    /// <param name="isOther">Which modality it is.</param>
    /// <param name="leftOut">Rows that do not count.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)] // runs for a second at most; the first tier would take most of it
    internal void Offer(ReadOnlySpan<float> scores, bool isOther, ReadOnlySpan<int> leftOut)
    {
        var (width, floor) = (Vector<float>.Count, new Vector<float>(_floor));
        for (var i = 0; i < scores.Length; i++)
        {
            if (i + width <= scores.Length && Vector.LessThanAll(new Vector<float>(scores[i..]), floor))
            {
                i += width - 1;
                continue;
            }

            if (scores[i] >= _floor && !leftOut.Contains(i))
                Offer(scores[i], isOther);
        }
    }

    /// <summary>What at least so many scores are not below of; −∞ where there are too few to tell.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private float FindFloor(ReadOnlySpan<float> own, ReadOnlySpan<float> other, int rank)
    {
        var width = Vector<float>.Count;
        if (rank > _highest.Length || own.Length < FloorVectors * width)
            return float.NegativeInfinity;
        var (a, b, c, d) = (new Vector<float>(own), new Vector<float>(own[width..]), new Vector<float>(own[(2 * width)..]), new Vector<float>(own[(3 * width)..]));
        for (var at = FloorVectors * width; at + FloorVectors * width <= own.Length; at += FloorVectors * width)
            Raise(own[at..], ref a, ref b, ref c, ref d);
        for (var at = 0; at + FloorVectors * width <= other.Length; at += FloorVectors * width)
            Raise(other[at..], ref a, ref b, ref c, ref d);

        var highest = _highest.AsSpan();
        a.CopyTo(highest);
        b.CopyTo(highest[width..]);
        c.CopyTo(highest[(2 * width)..]);
        d.CopyTo(highest[(3 * width)..]);
        highest.Sort();
        return highest[^rank];
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Raise(ReadOnlySpan<float> scores, ref Vector<float> a, ref Vector<float> b, ref Vector<float> c, ref Vector<float> d)
    {
        var width = Vector<float>.Count;
        a = Vector.Max(a, new Vector<float>(scores));
        b = Vector.Max(b, new Vector<float>(scores[width..]));
        c = Vector.Max(c, new Vector<float>(scores[(2 * width)..]));
        d = Vector.Max(d, new Vector<float>(scores[(3 * width)..]));
    }

    private void Offer(float score, bool isOther)
    {
        var place = _count;
        while (place > 0 && score > _scores[place - 1])
            place--;
        if (place == size)
            return;
        _count = Math.Min(size, _count + 1);
        for (var i = _count - 1; i > place; i--)
            (_scores[i], _isOther[i]) = (_scores[i - 1], _isOther[i - 1]);
        (_scores[place], _isOther[place]) = (score, isOther);
    }
}
