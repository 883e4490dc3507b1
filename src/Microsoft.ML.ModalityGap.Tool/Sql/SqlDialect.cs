namespace Microsoft.ML.ModalityGap.Tool;

/// <summary>How a database says what maps are made of. Expressions take the name of a vector and give a vector, unless they say otherwise.</summary>
internal abstract class SqlDialect
{
    /// <summary>The dialects by the names they are asked for with.</summary>
    internal static IReadOnlyDictionary<string, SqlDialect> ByName { get; } = new Dictionary<string, SqlDialect>(StringComparer.OrdinalIgnoreCase) { ["postgresql"] = new PostgreSqlDialect(), ["duckdb"] = new DuckDbDialect() };

    /// <summary>The database and its least version.</summary>
    internal abstract string Name { get; }

    /// <summary>Whether names that differ in capitals alone are one.</summary>
    internal abstract bool IgnoresCase { get; }

    /// <summary>A column of so many values.</summary>
    internal abstract string GetColumnType(int dimension);

    /// <summary>A vector as a literal, of values that are read back as the same.</summary>
    internal abstract string Vector(ReadOnlySpan<float> values);

    /// <summary>What a function was given, as a vector.</summary>
    internal abstract string Take(string argument, int dimension);

    internal abstract string Normalize(string v);

    internal abstract string Add(string v, ReadOnlySpan<float> offset);

    internal abstract string Multiply(string v, ReadOnlySpan<float> factors);

    internal abstract string Multiply(string v, float scale, int dimension);

    internal abstract string Truncate(string v, int dimension);

    /// <summary>The inner products with all rows of a table, in the order of their numbers.</summary>
    internal abstract string Project(string v, string table, int dimension);

    /// <summary>A vector with the values of some expressions behind its own.</summary>
    internal abstract string Append(string v, IEnumerable<string> values);

    /// <summary>A number: the mean of the largest inner products with the rows of a table, those above one limit counted as another.</summary>
    internal abstract string AverageOfLargest(string v, string table, int dimension, int count, string same, string counted);

    /// <summary>A number: log(mean(exp(beta·s)))/beta of the inner products with the rows of a table, those above one limit counted as another.</summary>
    internal abstract string SoftMaximum(string v, string table, int dimension, string beta, string same, string counted);

    /// <summary>A function of one vector.</summary>
    internal abstract string CreateFunction(string name, string argument, string body, int dimension);

    /// <summary>A function that gives a text.</summary>
    internal abstract string CreateTextFunction(string name, string text);

    /// <summary>What makes the table <c>schema.means</c> and the view <c>schema.centered</c>, both of which are not there.</summary>
    internal abstract IEnumerable<string> CreateCentering(string schema, string table, string embedding, string modality);
}
