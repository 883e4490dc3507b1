using System.Globalization;

namespace Microsoft.ML.ModalityGap;

/// <summary>Says which documents of a gallery are relevant to a query: by row, by id, or by judgements with grades.</summary>
/// <remarks>
/// Ids are texts, keys or numbers. They are compared as texts: a key by its value, or by its number where it has none, and a number as it is written, so that the number 7
/// and the text "7" are the same id. A row without an id (an empty text, a missing key, NaN) is relevant to nothing.
/// </remarks>
public abstract class Relevance
{
    private protected Relevance()
    {
    }

    /// <summary>The document in row i is what the query in row i looks for; both have as many rows.</summary>
    public static Relevance ByRow { get; } = new RowRelevance();

    /// <summary>Documents are relevant to queries of the same id, such as many captions to their image.</summary>
    /// <param name="queryIdColumnName">The column of the queries' ids.</param>
    /// <param name="documentIdColumnName">The column of the documents' ids; in a gallery of parts each names its own.</param>
    public static Relevance ById(string queryIdColumnName, string documentIdColumnName)
    {
        ArgumentException.ThrowIfNullOrEmpty(queryIdColumnName);
        ArgumentException.ThrowIfNullOrEmpty(documentIdColumnName);
        return new IdRelevance(new IdSource(queryIdColumnName), new IdSource(documentIdColumnName));
    }

    /// <summary>The same with the ids at hand rather than in columns.</summary>
    /// <param name="queryIds">The id of each query, row by row.</param>
    /// <param name="documentIds">The id of each document, row by row; in a gallery of parts those of the first part, then of the next.</param>
    public static Relevance ById(IReadOnlyList<string> queryIds, IReadOnlyList<string> documentIds) => new IdRelevance(CreateSource(queryIds), CreateSource(documentIds));

    /// <summary>As judged, with grades; what is not judged is not relevant. Judgements of ids that do not occur are left out, and counted in the result.</summary>
    /// <param name="queryIdColumnName">The column of the queries' ids.</param>
    /// <param name="documentIdColumnName">The column of the documents' ids; in a gallery of parts each names its own.</param>
    /// <param name="judgements">The judgements, such as <see cref="ReadJudgements"/> reads.</param>
    /// <exception cref="ArgumentException">A grade is negative or no number, or the same query and document are judged twice.</exception>
    public static Relevance ByJudgements(string queryIdColumnName, string documentIdColumnName, IEnumerable<RelevanceJudgement> judgements)
    {
        ArgumentException.ThrowIfNullOrEmpty(queryIdColumnName);
        ArgumentException.ThrowIfNullOrEmpty(documentIdColumnName);
        ArgumentNullException.ThrowIfNull(judgements);
        return new JudgedRelevance(new IdSource(queryIdColumnName), new IdSource(documentIdColumnName), [.. judgements]);
    }

    /// <summary>The same with the ids at hand rather than in columns.</summary>
    /// <param name="queryIds">The id of each query, row by row.</param>
    /// <param name="documentIds">The id of each document, row by row; in a gallery of parts those of the first part, then of the next.</param>
    /// <param name="judgements">The judgements, such as <see cref="ReadJudgements"/> reads.</param>
    /// <exception cref="ArgumentException">A grade is negative or no number, or the same query and document are judged twice.</exception>
    public static Relevance ByJudgements(IReadOnlyList<string> queryIds, IReadOnlyList<string> documentIds, IEnumerable<RelevanceJudgement> judgements)
    {
        ArgumentNullException.ThrowIfNull(judgements);
        return new JudgedRelevance(CreateSource(queryIds), CreateSource(documentIds), [.. judgements]);
    }

    /// <summary>
    /// Reads judgements from a text file with one a line: <c>query document grade</c>, or <c>query iteration document grade</c> as in TREC's qrels, parted by tabs or, without any
    /// tab, by spaces. A first line whose grade is no number is a heading (BEIR).
    /// </summary>
    /// <param name="path">The file, in UTF-8.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">A line has another number of fields, or a grade that is no number or negative.</exception>
    public static IReadOnlyList<RelevanceJudgement> ReadJudgements(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var judgements = new List<RelevanceJudgement>();
        var number = 0;
        using var reader = new StreamReader(InputFile.OpenRead(path));
        while (reader.ReadLine() is { } line)
        {
            number++;
            if (string.IsNullOrWhiteSpace(line))
                continue;
            var fields = line.Contains('\t', StringComparison.Ordinal) ? line.Split('\t') : line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            if (fields.Length is not (3 or 4))
                throw new InvalidDataException($"'{path}', line {number} has {fields.Length} fields where 3 (query, document, grade) or 4 (query, iteration, document, grade) are expected.");
            if (!float.TryParse(fields[^1], NumberStyles.Float, CultureInfo.InvariantCulture, out var grade) || !float.IsFinite(grade))
            {
                if (number == 1)
                    continue;
                throw new InvalidDataException($"'{path}', line {number}: the grade '{fields[^1]}' is no number.");
            }

            // TREC's qrels mark spam as negative: not relevant, and less so; none of the measures here tells the two apart.
            judgements.Add(new RelevanceJudgement(fields[0], fields[^2], Math.Max(0, grade)));
        }

        return judgements;
    }

    /// <summary>Where the queries' ids are; <see langword="null"/> when rows decide.</summary>
    internal abstract IdSource? QueryIds { get; }

    internal abstract IdSource? DocumentIds { get; }

    /// <summary>How relevance is decided, in words.</summary>
    internal abstract string Description { get; }

    /// <summary>Finds the relevant pairs, and how many judgements were of unknown ids.</summary>
    internal abstract (RelevanceLists Lists, long UnknownJudgements) Resolve(EvaluationRows queries, EvaluationRows documents);

    private static IdSource CreateSource(IReadOnlyList<string> ids, [System.Runtime.CompilerServices.CallerArgumentExpression(nameof(ids))] string? parameterName = null)
    {
        ArgumentNullException.ThrowIfNull(ids, parameterName);
        return new IdSource(ColumnName: null, [.. ids.Select(id => id ?? "")]);
    }
}
