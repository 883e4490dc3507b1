using System.Globalization;

namespace Microsoft.ML.ModalityGap.Tool;

/// <summary>
/// Maps as SQL: a schema with a function per modality, <c>schema."image"(vector)</c>, and the tables they read: a projection's rows, a bank's. In a database that runs it, vectors are corrected where they lie.
/// </summary>
internal sealed class SqlMapScript
{
    // DuckDB puts what a macro is given in the place of every column of the argument's name.
    private const string Argument = "given";

    private readonly TextWriter _writer;
    private readonly SqlDialect _dialect;
    private readonly string _schema;
    private int _tables;

    private SqlMapScript(TextWriter writer, SqlDialect dialect, string schema) => (_writer, _dialect, _schema) = (writer, dialect, schema);

    /// <summary>Writes the script, which replaces what an earlier one of the same schema has made, or nothing.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="dialect">For which database.</param>
    /// <param name="schema">The schema's name.</param>
    /// <param name="fingerprint">Of the maps together: what <c>schema.fingerprint()</c> gives.</param>
    /// <param name="maps">Per modality its map.</param>
    /// <exception cref="UsageException">A name is too long, or two are one to the database.</exception>
    internal static void Write(TextWriter writer, SqlDialect dialect, string schema, string fingerprint, IReadOnlyList<(string Modality, EmbeddingMap Map)> maps)
    {
        if (dialect.IgnoresCase && maps.GroupBy(map => map.Modality, StringComparer.OrdinalIgnoreCase).FirstOrDefault(group => group.Count() > 1) is { } same)
            throw new UsageException($"The modalities '{string.Join("' and '", same.Select(map => map.Modality))}' differ in capitals alone, which are one name to {dialect.Name}. Write them one by one with --modality, each into a --schema of its own.");
        var script = new SqlMapScript(writer, dialect, SqlText.QuoteName(schema));
        writer.WriteLine($"-- Maps of embeddings as functions for {dialect.Name}, written by 'modality-gap export --sql'.");
        writer.WriteLine("BEGIN;");
        writer.WriteLine($"CREATE SCHEMA IF NOT EXISTS {script._schema};");
        writer.WriteLine(dialect.CreateTextFunction($"{script._schema}.fingerprint", fingerprint));
        foreach (var (modality, map) in maps)
            script.WriteFunction(modality, map);
        writer.WriteLine("COMMIT;");
    }

    private void WriteFunction(string modality, EmbeddingMap map)
    {
        // Each step reads the one before: s0 is what comes in.
        var dimension = map.InputDimension;
        var steps = new List<string> { $"(SELECT {_dialect.Take(Argument, dimension)} AS v) s0" };
        foreach (var step in map.Steps)
        {
            var before = string.Create(CultureInfo.InvariantCulture, $"s{steps.Count - 1}.v");
            steps.Add(string.Create(CultureInfo.InvariantCulture, $"LATERAL (SELECT {Express(modality, step, before, dimension)} AS v) s{steps.Count}"));
            dimension = step.GetOutputDimension(dimension);
        }

        _writer.WriteLine();
        _writer.WriteLine(string.Create(CultureInfo.InvariantCulture, $"-- {modality.ReplaceLineEndings(" ")}: {map.InputDimension} values in, {map.OutputDimension} out"));
        var body = string.Create(CultureInfo.InvariantCulture, $"SELECT s{steps.Count - 1}.v FROM\n    ") + string.Join(",\n    ", steps);
        _writer.WriteLine(_dialect.CreateFunction($"{_schema}.{SqlText.QuoteName(modality)}", Argument, body, map.OutputDimension));
    }

    private string Express(string modality, EmbeddingMapStep step, string v, int dimension) => step switch
    {
        L2NormalizeStep => _dialect.Normalize(v),
        TranslateStep translate => _dialect.Add(v, translate.Offset),
        ScaleStep scale => _dialect.Multiply(v, scale.Factors),
        TruncateStep truncate => _dialect.Truncate(v, truncate.Dimension),
        ProjectStep project => _dialect.Project(v, WriteTable(modality, project.Matrix, project.Columns), project.Columns),
        FoldQueryStep fold => _dialect.Append(_dialect.Multiply(v, fold.Scale, dimension), Enumerable.Range(0, fold.PlaceCount).Select(place => SqlText.Format(place == fold.Place ? fold.Scale : 0))),
        FoldGalleryStep fold => _dialect.Append(
            _dialect.Multiply(v, fold.Scale, dimension), [.. fold.Places.Select(place => $"{SqlText.Format(-fold.Scale)} * ({ExpressBias(modality, place.Bias, v)} + {SqlText.Format(place.Offset)})")]),
        _ => throw new NotSupportedException($"The map of '{modality}' has a step that is not known how to write as SQL: {step}."),
    };

    /// <summary>What hubs lose: of a row's similarities to the bank, in which the row itself counts as the least there is.</summary>
    private string ExpressBias(string modality, BankBias bias, string v)
    {
        if (bias.Count == 0)
            return "0";
        var (least, same) = (SqlText.Format(BankBias.OfItself), SqlText.Format(BankBias.SameRow));
        var bank = WriteTable(modality, bias.Bank, bias.Dimension);
        return bias.Hubness.Kind == HubnessCorrectionKind.LocalScaling
            ? $"{SqlText.Format(bias.Hubness.Strength / 2)} * {_dialect.AverageOfLargest(v, bank, bias.Dimension, Math.Min(bias.Hubness.Neighbors, bias.Count), same, least)}"
            : $"{SqlText.Format(bias.Hubness.Strength)} * {_dialect.SoftMaximum(v, bank, bias.Dimension, SqlText.Format(bias.Hubness.InverseTemperature), same, least)}";
    }

    /// <summary>Writes rows of weights as a table before the function that reads them; its name.</summary>
    private string WriteTable(string modality, ReadOnlySpan<float> weights, int dimension)
    {
        var name = $"{_schema}.{SqlText.QuoteName(string.Create(CultureInfo.InvariantCulture, $"{modality} {++_tables}"))}";
        _writer.WriteLine();
        _writer.WriteLine($"DROP TABLE IF EXISTS {name};");
        _writer.WriteLine($"CREATE TABLE {name} (number integer PRIMARY KEY, weights {_dialect.GetColumnType(dimension)} NOT NULL);");
        for (var first = 0; first < weights.Length; first += dimension)
        {
            _writer.Write(first == 0 ? $"INSERT INTO {name} VALUES\n" : ",\n");
            _writer.Write($"({SqlText.Format(first / dimension)}, {_dialect.Vector(weights.Slice(first, dimension))})");
        }

        _writer.WriteLine(";");
        return name;
    }
}
