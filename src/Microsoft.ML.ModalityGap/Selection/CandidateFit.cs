using Microsoft.ML.Runtime;

namespace Microsoft.ML.ModalityGap;

/// <summary>Fits candidates on some items of a set, and measures others behind their maps.</summary>
internal sealed class CandidateFit
{
    private readonly FittedPart _part;
    private readonly FittedPart[] _crossed;
    private readonly int _seed;
    private readonly FitBuffers _buffers;

    /// <param name="host">For data views.</param>
    /// <param name="columns">Two columns.</param>
    /// <param name="set">Unit rows of both modalities.</param>
    /// <param name="fitted">The items to fit on.</param>
    /// <param name="held">The items to measure.</param>
    /// <param name="seed">Draws what is measured of them.</param>
    /// <param name="buffers">Memory that no other uses meanwhile.</param>
    internal CandidateFit(IHost host, ModalityColumns columns, PairSet set, int[] fitted, int[] held, int seed = 0, FitBuffers? buffers = null)
    {
        (_seed, _buffers) = (seed, buffers ?? new FitBuffers());
        _buffers.Begin();
        var most = SimilarityCorrectionOptions.Default.MaximumBankRows;
        _part = new FittedPart(host, columns, set, fitted, set.Take(held, _buffers.Common), most, _buffers);

        // The scales of a correction are those of halves that the maps of the other half do not know, as CorrectSimilarities has it.
        var half = fitted.Length / 2;
        _crossed = fitted.Length < CorrectionFit.MinimumCrossedItems ? [] : [.. new[] { (Fitted: fitted[..half], Held: fitted[half..]), (Fitted: fitted[half..], Held: fitted[..half]) }
            .Select(part => new FittedPart(host, columns, set, part.Fitted, set.Take(part.Held, _buffers.Common).TakeFirst(part.Held, most / 2), most, _buffers))];
    }

    /// <summary>Fits candidates; those that share maps have them fitted once.</summary>
    /// <param name="candidates">The candidates.</param>
    /// <param name="times">Adds how long each fit took, with what an earlier candidate had computed for it already.</param>
    /// <param name="completed">Called after each candidate; what it throws ends the work.</param>
    /// <returns>What was measured, in the order of the candidates.</returns>
    internal PairMeasures[] Run(IReadOnlyList<SelectionCandidate> candidates, TimeSpan[]? times = null, Action? completed = null)
    {
        // Of one map after the other: what was made of rows for the last one is written over.
        var measures = new PairMeasures[candidates.Count];
        foreach (var group in Enumerable.Range(0, candidates.Count).GroupBy(i => candidates[i].MapKey))
        {
            int[] members = [.. group];
            var (scores, time) = Map(candidates[members[0]], Array.Exists(members, i => candidates[i].Correction is not null));
            var gap = scores.MeasureGap();
            foreach (var i in members)
            {
                measures[i] = PairRanking.Measure(scores.Held, candidates[i].Correction is { } correction ? scores.ToViews(correction) : scores.ToViews(), _seed);
                measures[i].AddGap(gap);
                if (times is not null)
                    times[i] += time;
                completed?.Invoke();
            }

            _buffers.Candidate.Reset();
        }

        return measures;
    }

    private (PairScores Scores, TimeSpan Time) Map(SelectionCandidate candidate, bool isCorrected)
    {
        var (held, bank, time) = _part.Map(candidate, needsBank: isCorrected);
        if (bank is null)
            return (new PairScores(held, arena: _buffers.Candidate), time);
        CorrectionPart[] crossed = _crossed.Length == 0 ? [PairScores.ToPart(bank, bank, _buffers.Candidate)] : [.. _crossed.Select(part => part.Map(candidate, needsBank: true)).Select(mapped => PairScores.ToPart(mapped.Held, mapped.Bank!, _buffers.Candidate))];
        return (new PairScores(held, bank, crossed, _buffers.Candidate), time);
    }
}
