using Microsoft.ML.Data;

namespace Microsoft.ML.ModalityGap.Tests;

/// <summary>Made-up embeddings: two cones of paired vectors, apart like the modalities of CLIP, with scales that vary by row.</summary>
internal static class TestEmbeddings
{
    /// <summary>Rows of one modality, one behind the other. Same seed, same rows.</summary>
    public static float[] Create(int rows, int dimension, int seed, double offset = 0.5)
    {
        var random = new Random(seed);
        var center = Enumerable.Range(0, dimension).Select(_ => offset * (random.NextDouble() - 0.3)).ToArray();
        var values = new float[rows * dimension];
        for (var row = 0; row < rows; row++)
        {
            var scale = 0.5 + 10 * random.NextDouble();
            for (var d = 0; d < dimension; d++)
                values[row * dimension + d] = (float)(scale * (center[d] + 0.2 * (random.NextDouble() - 0.5)));
        }

        return values;
    }

    /// <summary>A data view with the columns Image, Text (vectors of <paramref name="dimension"/>), Modality (text) and Id.</summary>
    public static IDataView CreateDataView(MLContext context, int rows = 150, int dimension = 13, int seed = 1, bool variable = false)
    {
        var image = Create(rows, dimension, seed);
        var text = Create(rows, dimension, seed + 100);
        var data = Enumerable.Range(0, rows).Select(i => new Pair
        {
            Id = i,
            Image = image.AsSpan(i * dimension, dimension).ToArray(),
            Text = text.AsSpan(i * dimension, dimension).ToArray(),
            Modality = i % 3 == 0 ? "image" : "text",
        });
        return CreateDataView(context, data, dimension, variable);
    }

    /// <summary>A data view of given rows.</summary>
    public static IDataView CreateDataView(MLContext context, IEnumerable<Pair> rows, int dimension, bool variable = false)
    {
        var definition = SchemaDefinition.Create(typeof(Pair));
        if (!variable)
        {
            foreach (var name in new[] { nameof(Pair.Image), nameof(Pair.Text) })
            {
                definition[name].ColumnType = new VectorDataViewType(NumberDataViewType.Single, dimension);
                definition[name].AddAnnotation(
                    AnnotationUtils.Kinds.SlotNames,
                    new VBuffer<ReadOnlyMemory<char>>(dimension, [.. Enumerable.Range(0, dimension).Select(i => $"d{i}".AsMemory())]),
                    new VectorDataViewType(TextDataViewType.Instance, dimension));
            }
        }

        return context.Data.LoadFromEnumerable(rows.ToList(), definition);
    }

    /// <summary>A row of the data.</summary>
    public sealed class Pair
    {
        public int Id { get; set; }

        public float[] Image { get; set; } = [];

        public float[] Text { get; set; } = [];

        public string Modality { get; set; } = "";
    }
}
