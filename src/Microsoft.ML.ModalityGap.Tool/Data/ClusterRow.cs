using Microsoft.ML.Data;

namespace Microsoft.ML.ModalityGap.Tool;

/// <summary>A row of one modality with its name and label: what <c>cluster</c> clusters, all modalities below each other.</summary>
internal sealed class ClusterRow
{
    public float[] Embedding { get; set; } = [];

    public string Modality { get; set; } = "";

    public string Label { get; set; } = "";

    /// <summary>All rows of the first modality, then of the next.</summary>
    /// <param name="ml">The context.</param>
    /// <param name="view">A column per modality.</param>
    /// <param name="names">Their columns.</param>
    /// <param name="labels">The label of each row, of all its modalities; <see langword="null"/> for none.</param>
    /// <exception cref="InvalidDataException">The modalities have different dimensions.</exception>
    internal static IDataView Create(MLContext ml, IDataView view, IReadOnlyList<string> names, IReadOnlyList<string>? labels)
    {
        int[] dimensions = [.. names.Select(name => ((VectorDataViewType)view.Schema[name].Type).Size)];
        if (dimensions.Distinct().Count() > 1)
            throw new InvalidDataException($"What is clustered together lies in one space, but '{names[0]}' has {dimensions[0]} dimensions and '{names[Array.FindIndex(dimensions, size => size != dimensions[0])]}' others.");
        var definition = SchemaDefinition.Create(typeof(ClusterRow));
        definition[nameof(Embedding)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, dimensions[0]);
        var rows = names.SelectMany(name => Read(view, name).Select((row, i) => new ClusterRow { Embedding = row, Modality = name, Label = labels?[i] ?? "" }));
        return ml.Data.LoadFromEnumerable(rows.ToArray(), definition);
    }

    /// <summary>Checked here, where a row has the number that it has in its file.</summary>
    private static IEnumerable<float[]> Read(IDataView view, string name)
    {
        var number = 0L;
        foreach (var row in view.GetColumn<float[]>(name))
        {
            if (RowDefects.Find(row, zeroNormIsDefect: true) is var defect and not RowDefect.None)
                throw RowOrigins.Of(view.Schema[name]).CreateException(number, RowDefects.Describe(defect, row, row.Length));
            number++;
            yield return row;
        }
    }
}
