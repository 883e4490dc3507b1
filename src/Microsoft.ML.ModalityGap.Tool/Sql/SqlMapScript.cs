using System.Globalization;

namespace Microsoft.ML.ModalityGap.Tool;

/// <summary>
/// Maps as SQL for PostgreSQL with pgvector (0.7 or later): a schema with a function per modality, <c>schema."image"(vector)</c>, and the tables they read: a projection's rows, a bank's. In a database that runs it, vectors are
/// corrected where they lie.
/// </summary>
internal sealed class SqlMapScript
{
    private readonly TextWriter _writer;
    private readonly string _schema;
    private int _tables;

    private SqlMapScript(TextWriter writer, string schema) => (_writer, _schema) = (writer, schema);

    /// <summary>Writes the script, which replaces what an earlier one of the same schema has made, or nothing.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="schema">The schema's name.</param>
    /// <param name="fingerprint">Of the maps together: what <c>schema.fingerprint()</c> gives.</param>
    /// <param name="maps">Per modality its map.</param>
    internal static void Write(TextWriter writer, string schema, string fingerprint, IReadOnlyList<(string Modality, EmbeddingMap Map)> maps)
    {
        var script = new SqlMapScript(writer, SqlText.QuoteName(schema));
        writer.WriteLine("-- Maps of embeddings as functions for PostgreSQL with pgvector 0.7 or later, written by 'modality-gap export --sql'.");
        writer.WriteLine("BEGIN;");
        writer.WriteLine($"CREATE SCHEMA IF NOT EXISTS {script._schema};");
        writer.WriteLine($"CREATE OR REPLACE FUNCTION {script._schema}.fingerprint() RETURNS text LANGUAGE sql IMMUTABLE AS {SqlText.QuoteBody($"SELECT {SqlText.QuoteText(fingerprint)}")};");
        foreach (var (modality, map) in maps)
            script.WriteFunction(modality, map);
        writer.WriteLine("COMMIT;");
    }

    private void WriteFunction(string modality, EmbeddingMap map)
    {
        // Each step reads the one before: v0 is what comes in.
        var dimension = map.InputDimension;
        var steps = new List<string> { $"(SELECT v::vector({SqlText.Format(dimension)}) AS v) s0" };
        foreach (var step in map.Steps)
        {
            var before = string.Create(CultureInfo.InvariantCulture, $"s{steps.Count - 1}.v");
            steps.Add(string.Create(CultureInfo.InvariantCulture, $"LATERAL (SELECT {Express(modality, step, before, dimension)} AS v) s{steps.Count}"));
            dimension = step.GetOutputDimension(dimension);
        }

        _writer.WriteLine();
        _writer.WriteLine(string.Create(CultureInfo.InvariantCulture, $"-- {modality.ReplaceLineEndings(" ")}: {map.InputDimension} values in, {map.OutputDimension} out"));
        var body = string.Create(CultureInfo.InvariantCulture, $"SELECT s{steps.Count - 1}.v FROM\n    ") + string.Join(",\n    ", steps);
        _writer.WriteLine($"CREATE OR REPLACE FUNCTION {_schema}.{SqlText.QuoteName(modality)}(v vector) RETURNS vector LANGUAGE sql STABLE STRICT PARALLEL SAFE AS {SqlText.QuoteBody(body)};");
    }

    private string Express(string modality, EmbeddingMapStep step, string v, int dimension) => step switch
    {
        L2NormalizeStep => $"l2_normalize({v})",
        TranslateStep translate => $"{v} + {SqlText.Vector(translate.Offset)}",
        ScaleStep scale => $"{v} * {SqlText.Vector(scale.Factors)}",
        TruncateStep truncate => $"subvector({v}, 1, {SqlText.Format(truncate.Dimension)})",
        ProjectStep project => $"(SELECT array_agg(inner_product(t.weights, {v}) ORDER BY t.number)::vector FROM {WriteTable(modality, project.Matrix, project.Columns)} t)",
        FoldQueryStep fold => $"{Multiply(v, fold.Scale, dimension)} || {SqlText.Vector([.. Enumerable.Range(0, fold.PlaceCount).Select(place => place == fold.Place ? fold.Scale : 0)])}",
        FoldGalleryStep fold => $"{Multiply(v, fold.Scale, dimension)} || ARRAY[{string.Join(", ", fold.Places.Select(place => $"{SqlText.Format(-fold.Scale)} * ({ExpressBias(modality, place.Bias, v)} + {SqlText.Format(place.Offset)})"))}]::vector",
        _ => throw new NotSupportedException($"The map of '{modality}' has a step that is not known how to write as SQL: {step}."),
    };

    /// <summary>What hubs lose: of a row's similarities to the bank, in which the row itself counts as the least there is.</summary>
    private string ExpressBias(string modality, BankBias bias, string v)
    {
        if (bias.Count == 0)
            return "0::float8";
        var (least, same) = (SqlText.Format(BankBias.OfItself), SqlText.Format(BankBias.SameRow));
        var similarities = $"(SELECT CASE WHEN p.s > {same} THEN {least} ELSE p.s END AS s FROM (SELECT inner_product(t.weights, {v}) AS s FROM {WriteTable(modality, bias.Bank, bias.Dimension)} t) p) b";
        if (bias.Hubness.Kind == HubnessCorrectionKind.LocalScaling)
            return $"{SqlText.Format(bias.Hubness.Strength / 2)} * (SELECT avg(n.s) FROM (SELECT b.s FROM {similarities} ORDER BY b.s DESC LIMIT {SqlText.Format(Math.Min(bias.Hubness.Neighbors, bias.Count))}) n)";

        // Similarities are at most 1, so relative to that nothing overflows; where all of it would vanish, it is relative to the largest.
        var beta = SqlText.Format(bias.Hubness.InverseTemperature);
        return $"{SqlText.Format(bias.Hubness.Strength)} * (SELECT max(r.largest) + ln(avg(exp(greatest({beta} * (r.s - r.largest), -700)))) / {beta} FROM (SELECT b.s, max(b.s) OVER () AS largest FROM {similarities}) r)";
    }

    /// <summary>Writes rows of weights as a table before the function that reads them; its name.</summary>
    private string WriteTable(string modality, ReadOnlySpan<float> weights, int dimension)
    {
        var name = $"{_schema}.{SqlText.QuoteName(string.Create(CultureInfo.InvariantCulture, $"{modality} {++_tables}"))}";
        _writer.WriteLine();
        _writer.WriteLine($"DROP TABLE IF EXISTS {name};");
        _writer.WriteLine($"CREATE TABLE {name} (number integer PRIMARY KEY, weights vector({SqlText.Format(dimension)}) NOT NULL);");
        for (var first = 0; first < weights.Length; first += dimension)
        {
            _writer.Write(first == 0 ? $"INSERT INTO {name} VALUES\n" : ",\n");
            _writer.Write($"({SqlText.Format(first / dimension)}, {SqlText.Vector(weights.Slice(first, dimension))})");
        }

        _writer.WriteLine(";");
        return name;
    }

    private static string Multiply(string v, float scale, int dimension) => scale == 1 ? v : $"{v} * array_fill({SqlText.Format(scale)}::float4, ARRAY[{SqlText.Format(dimension)}])::vector";
}
