namespace Microsoft.ML.ModalityGap.Tool;

/// <summary>Centring (I0T_post) wholly in SQL: means are taken where the vectors lie, so nothing is fitted elsewhere.</summary>
internal static class SqlCentering
{
    /// <summary>Writes the script: a table of each modality's mean unit vector, and a view of the rows with their centred vectors.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="dialect">For which database.</param>
    /// <param name="schema">The schema for both.</param>
    /// <param name="table">The table, with its schema before a dot where it has another than the search path's.</param>
    /// <param name="embedding">Its column of vectors.</param>
    /// <param name="modality">Its column that says each row's modality.</param>
    internal static void Write(TextWriter writer, SqlDialect dialect, string schema, string table, string embedding, string modality)
    {
        (schema, embedding, modality) = (SqlText.QuoteName(schema), SqlText.QuoteName(embedding), SqlText.QuoteName(modality));
        table = string.Join('.', table.Split('.', 2).Select(SqlText.QuoteName));
        writer.WriteLine($"-- Centring of embeddings (I0T_post) for {dialect.Name}, written by 'modality-gap export --sql'.");
        writer.WriteLine("-- The means are those of the rows there are now; run it again to take them anew. Vectors of zeros have no direction and are left out of the means.");
        writer.WriteLine("BEGIN;");
        writer.WriteLine($"CREATE SCHEMA IF NOT EXISTS {schema};");
        writer.WriteLine($"DROP VIEW IF EXISTS {schema}.centered;");
        writer.WriteLine($"DROP TABLE IF EXISTS {schema}.means;");
        foreach (var line in dialect.CreateCentering(schema, table, embedding, modality))
            writer.WriteLine(line);
        writer.WriteLine("COMMIT;");
    }
}
