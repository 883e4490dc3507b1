using Microsoft.ML.Data;

namespace Microsoft.ML.ModalityGap.Tests.ZeroShot;

/// <summary>Made-up embeddings of things whose class is known, and a text encoder for their names, apart like the modalities of CLIP.</summary>
internal static class ZeroShotData
{
    public const int Dimension = 16;

    public static readonly string[] Names = ["cat", "dog", "red car", "tree"];

    /// <summary>Rows with an image, its class, several classes, and a number.</summary>
    public static IDataView Create(MLContext context, int rows = 160, double noise = 0.25, int seed = 3)
    {
        var random = new Random(seed);
        var gap = Direction("the gap");
        var list = Enumerable.Range(0, rows).Select(i =>
        {
            var label = Names[random.Next(Names.Length)];
            var second = Names[random.Next(Names.Length)];
            var scale = 0.5 + 4 * random.NextDouble();
            var (first, other) = (Direction(label), Direction(second));
            return new Row
            {
                Id = i,
                Image = [.. Enumerable.Range(0, Dimension).Select(d => (float)(scale * (first[d] + gap[d] + noise * (2 * random.NextDouble() - 1))))],
                Label = label,
                Both = [.. Enumerable.Range(0, Dimension).Select(d => (float)(first[d] + other[d] + noise * (2 * random.NextDouble() - 1)))],
                Labels = label == second ? [label] : [label, second],
            };
        });
        return CreateDataView(context, list);
    }

    public static IDataView CreateDataView(MLContext context, IEnumerable<Row> rows)
    {
        var definition = SchemaDefinition.Create(typeof(Row));
        definition[nameof(Row.Image)].ColumnType = definition[nameof(Row.Both)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, Dimension);
        return context.Data.LoadFromEnumerable(rows.ToList(), definition);
    }

    /// <summary>The mean direction of the class named in a sentence, a little to the side for each sentence, off by the texts' own offset.</summary>
    public static float[] Encode(string text)
    {
        var name = Names.FirstOrDefault(name => text.Contains(name, StringComparison.Ordinal)) ?? text;
        var (meaning, side, gap) = (Direction(name), Direction(text), Direction("the other side of the gap"));
        return [.. Enumerable.Range(0, Dimension).Select(d => (float)(3 * (meaning[d] + 0.2 * side[d] + gap[d])))];
    }

    public static PromptEncoder CreateEncoder() => new(texts => [.. texts.Select(Encode)]);

    private static double[] Direction(string text)
    {
        var seed = text.Aggregate(17, (hash, letter) => unchecked(hash * 31 + letter));
        var random = new Random(seed);
        var values = Enumerable.Range(0, Dimension).Select(_ => random.NextDouble() - 0.5).ToArray();
        var norm = Math.Sqrt(values.Sum(value => value * value));
        return Array.ConvertAll(values, value => value / norm);
    }

    public sealed class Row
    {
        public int Id { get; set; }

        public float[] Image { get; set; } = [];

        public string Label { get; set; } = "";

        public float[] Both { get; set; } = [];

        public string[] Labels { get; set; } = [];
    }

    public sealed class Prediction
    {
        public uint PredictedLabel { get; set; }

        public float[] Score { get; set; } = [];

        public float Probability { get; set; }

        public float[] Similarity { get; set; } = [];

        public string[] TopLabels { get; set; } = [];

        public float[] TopScores { get; set; } = [];
    }
}
