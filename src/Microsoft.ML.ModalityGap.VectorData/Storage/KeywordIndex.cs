using System.Globalization;
using System.Text;

namespace Microsoft.ML.ModalityGap;

/// <summary>
/// The full-text index of a data property, ranked by BM25 (Robertson, Zaragoza 2009) with k₁ = 1.2 and b = 0.75: Σ over words of ln(1 + (N − n + ½)/(n + ½))·f·(k₁ + 1)/(f + k₁·(1 − b + b·length/mean length)), N the records that
/// have words. Words are runs of letters, digits and marks, without regard to case.
/// </summary>
internal sealed class KeywordIndex
{
    private const double K1 = 1.2;
    private const double B = 0.75;

    private readonly Dictionary<string, Dictionary<long, int>> _postings = new(StringComparer.Ordinal);
    private readonly Dictionary<long, int> _lengths = [];
    private long _total;

    /// <summary>Whether a record has words to be found by.</summary>
    internal bool HasWords(long record) => _lengths.ContainsKey(record);

    internal void Add(string? text, long record)
    {
        var words = Split(text);
        if (words.Count == 0)
            return;
        foreach (var word in words)
        {
            if (!_postings.TryGetValue(word, out var records))
                _postings.Add(word, records = []);
            records[record] = records.GetValueOrDefault(record) + 1;
        }

        _lengths.Add(record, words.Count);
        _total += words.Count;
    }

    internal void Remove(string? text, long record)
    {
        if (!_lengths.Remove(record, out var length))
            return;
        _total -= length;
        foreach (var word in Split(text).Distinct(StringComparer.Ordinal))
        {
            if (_postings.TryGetValue(word, out var records) && records.Remove(record) && records.Count == 0)
                _postings.Remove(word);
        }
    }

    /// <summary>The records that have any of the words, with their scores.</summary>
    internal Dictionary<long, double> Search(IEnumerable<string> keywords)
    {
        var scores = new Dictionary<long, double>();
        var mean = _lengths.Count == 0 ? 1 : (double)_total / _lengths.Count;
        foreach (var word in keywords.SelectMany(Split).Distinct(StringComparer.Ordinal))
        {
            if (!_postings.TryGetValue(word, out var records))
                continue;
            var weight = Math.Log(1 + (_lengths.Count - records.Count + 0.5) / (records.Count + 0.5));
            foreach (var (record, count) in records)
                scores[record] = scores.GetValueOrDefault(record) + weight * count * (K1 + 1) / (count + K1 * (1 - B + B * _lengths[record] / mean));
        }

        return scores;
    }

    private static List<string> Split(string? text)
    {
        var words = new List<string>();
        var word = new StringBuilder();
        foreach (var rune in (text ?? "").EnumerateRunes())
        {
            if (Rune.IsLetterOrDigit(rune) || Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark)
                word.Append(Rune.ToLowerInvariant(rune).ToString());
            else
                Flush();
        }

        Flush();
        return words;

        void Flush()
        {
            if (word.Length > 0)
                words.Add(word.ToString());
            word.Clear();
        }
    }
}
