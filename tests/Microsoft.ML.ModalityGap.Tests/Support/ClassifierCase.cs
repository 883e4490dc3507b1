using Microsoft.ML.Data;
using Microsoft.ML.OnnxRuntime;

namespace Microsoft.ML.ModalityGap.Tests;

/// <summary>A zero-shot classifier of random classes, and how its ONNX form is held against it.</summary>
internal sealed class ClassifierCase(MLContext context)
{
    public const int Dimension = 7;

    public static IReadOnlyList<string> Names { get; } = ["cat", "dog \"quoted\"", "über-bird", "fish"];

    /// <summary>A map from <see cref="Dimension"/> to 5 dimensions.</summary>
    public static EmbeddingMap Map { get; } = new(Dimension, new L2NormalizeStep(), new TranslateStep(Floats(Dimension, 1)), new TruncateStep(5));

    public ClassifyZeroShotTransformer Fit(ClassifyZeroShotOptions options, int dimension = Dimension)
    {
        var classes = new ZeroShotClasses(Names, [.. Names.Select((_, i) => Floats(dimension, 10 + i))]);
        return context.Transforms.ClassifyZeroShot("Embedding", classes, options).Fit(CreateData(Floats(Dimension * 2, 3), options.ImageMap?.InputDimension ?? dimension));
    }

    /// <summary>Random rows, a zero row, one with NaN, a tiny and a huge one.</summary>
    public void AssertEqualsManaged(ClassifyZeroShotTransformer classifier, string path, string input, string score = "score")
    {
        var (count, d) = (Names.Count, classifier.InputDimension);
        float[] rows = [.. Floats(20 * d, 77), .. new float[d], .. Enumerable.Repeat(float.NaN, 1), .. Floats(d - 1, 4), .. Floats(d, 5).Select(x => x * 1e-25f), .. Floats(d, 6).Select(x => x * 1e25f)];
        var output = classifier.Transform(CreateData(rows, d));
        float[] Column(string name) => [.. output.GetColumn<float[]>(name).SelectMany(row => row)];
        OnnxRun.AssertClose(Column("Similarity"), OnnxRun.Run(path, "similarity", (input, rows, d)), count, "similarity");
        OnnxRun.AssertClose(Column("Score"), OnnxRun.Run(path, score, (input, rows, d)), count, "score");
        if (classifier.Options.Mode == ZeroShotMode.MultiLabel)
            return;

        using var session = new InferenceSession(path);
        using var options = new RunOptions();
        using var tensor = OrtValue.CreateTensorValueFromMemory(rows, [rows.Length / d, d]);
        using var results = session.Run(options, [input], [tensor], ["label"]);
        CollectionAssert.AreEqual(
            output.GetColumn<uint>("PredictedLabel").Select(key => (long)key - 1).ToArray(), results[0].GetTensorDataAsSpan<long>().ToArray(), "key values count from 1, 0 is missing");
    }

    private IDataView CreateData(float[] rows, int dimension)
    {
        var schema = SchemaDefinition.Create(typeof(Row));
        schema[nameof(Row.Embedding)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, dimension);
        return context.Data.LoadFromEnumerable(rows.Chunk(dimension).Where(row => row.Length == dimension).Select(row => new Row { Embedding = row }), schema);
    }

    public static float[] Floats(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => (random.NextSingle() * 2) - 1)];
    }

    private sealed class Row
    {
        public float[] Embedding { get; set; } = [];
    }
}
