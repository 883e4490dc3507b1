using Microsoft.ML.Data;

namespace Microsoft.ML.ModalityGap;

public sealed partial class ModalityGapCatalog
{
    /// <summary>
    /// Loads embeddings that are members of objects of any class, whatever they are: <c>float[]</c>, <c>ReadOnlyMemory&lt;float&gt;</c>, the <c>Vector</c> of an <c>Embedding&lt;float&gt;</c>.
    /// </summary>
    /// <remarks>
    /// <c>mlContext.Data.LoadFromEnumerable</c> takes arrays only, leaves their length open unless an attribute states it, and enumerates the rows anew for each pass, of which a fit may make three; a lazy
    /// source that reads a file reads it so often. Here the rows are enumerated once, and their vectors held in memory with the dimension they have.
    /// </remarks>
    /// <param name="rows">The objects; enumerated once.</param>
    /// <param name="embeddings">Per column its name and where the vector of a row is. A <c>double[]</c> is converted: <c>row => Array.ConvertAll(row.Vector, value => (float)value)</c>.</param>
    /// <returns>A view with a column for each, vectors of Single, which may be read any number of times.</returns>
    /// <exception cref="ArgumentException">There is no column, or a name is empty or given twice.</exception>
    /// <exception cref="InvalidDataException">There is no row, or a row's vector is empty or has another length than the first's.</exception>
    /// <example>
    /// <code>
    /// var data = mlContext.ModalityGap().LoadFromEnumerable(products, ("Image", product => product.Photo), ("Text", product => product.Title.Vector));
    /// </code>
    /// </example>
    public IDataView LoadFromEnumerable<T>(IEnumerable<T> rows, params IReadOnlyList<(string ColumnName, Func<T, ReadOnlyMemory<float>> Select)> embeddings)
    {
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(embeddings);
        if (embeddings.Count == 0)
            throw new ArgumentException("Name at least one column and where its vectors are: (\"Image\", row => row.Image).", nameof(embeddings));
        if (embeddings.Any(entry => string.IsNullOrEmpty(entry.ColumnName) || entry.Select is null))
            throw new ArgumentException("A column has no name, or nothing says where its vectors are.", nameof(embeddings));
        if (embeddings.Select(entry => entry.ColumnName).Distinct(StringComparer.Ordinal).Count() < embeddings.Count)
            throw new ArgumentException("A column is named twice.", nameof(embeddings));

        var vectors = embeddings.Select(_ => new List<VBuffer<float>>()).ToArray();
        long number = 0;
        foreach (var row in rows)
        {
            for (var i = 0; i < vectors.Length; i++)
            {
                var vector = embeddings[i].Select(row);
                var expected = vectors[i].Count == 0 ? vector.Length : vectors[i][0].Length;
                if (vector.Length == 0 || vector.Length != expected)
                {
                    throw new InvalidDataException(
                        $"Column '{embeddings[i].ColumnName}', row {number} has {vector.Length} dimensions, but {(expected == 0 ? "at least one" : expected.ToString(System.Globalization.CultureInfo.InvariantCulture))} is expected.");
                }

                vectors[i].Add(new VBuffer<float>(expected, vector.ToArray()));
            }

            number++;
        }

        if (number == 0)
            throw new InvalidDataException("There are no rows, so that the dimension is not known.");
        var builder = new ArrayDataViewBuilder(_host);
        for (var i = 0; i < vectors.Length; i++)
            builder.AddColumn(embeddings[i].ColumnName, NumberDataViewType.Single, vectors[i].ToArray());
        return builder.GetDataView();
    }
}
