using Microsoft.ML.Data;

namespace Microsoft.ML.ModalityGap.Tests;

/// <summary>Rows to store: vectors of every kind of float, with an id, a caption and more beside each.</summary>
internal static class Embeddings
{
    internal static float[][] Draw(int rows, int dimension, int seed = 1)
    {
        var random = new Random(seed);
        var result = new float[rows][];
        for (var i = 0; i < rows; i++)
        {
            result[i] = new float[dimension];
            for (var d = 0; d < dimension; d++)
                result[i][d] = (random.NextSingle() - 0.3f) * MathF.Pow(10, random.Next(-3, 3));
        }

        return result;
    }

    internal static IDataView CreateTable(MLContext ml, float[][] vectors)
    {
        var schema = SchemaDefinition.Create(typeof(Row));
        schema[nameof(Row.Embedding)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, vectors[0].Length);
        return ml.Data.LoadFromEnumerable(
            vectors.Select((vector, i) => new Row
            {
                Id = i * 3_000_000_000L,
                Caption = $"caption {i} \u00e9\u4e2d",
                IsGood = i % 3 == 0,
                Score = i / 7f,
                Weight = i / 7d,
                Small = (short)-i,
                Time = new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc).AddSeconds(i),
                Embedding = vector,
            }),
            schema);
    }

    /// <summary>A column's vectors as a cursor gives them.</summary>
    internal static float[][] Read(IDataView view, string column) => [.. view.GetColumn<float[]>(view.Schema[column])];

    internal static void AssertEqual(float[][] expected, float[][] actual)
    {
        Assert.AreEqual(expected.Length, actual.Length);
        for (var i = 0; i < expected.Length; i++)
            CollectionAssert.AreEqual(Array.ConvertAll(expected[i], BitConverter.SingleToInt32Bits), Array.ConvertAll(actual[i], BitConverter.SingleToInt32Bits), $"row {i}");
    }

    internal sealed class Row
    {
        public long Id { get; set; }

        public string Caption { get; set; } = "";

        public bool IsGood { get; set; }

        public float Score { get; set; }

        public double Weight { get; set; }

        public short Small { get; set; }

        public DateTime Time { get; set; }

        public float[] Embedding { get; set; } = [];
    }
}
