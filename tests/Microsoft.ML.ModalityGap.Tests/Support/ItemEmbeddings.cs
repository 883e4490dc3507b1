namespace Microsoft.ML.ModalityGap.Tests;

/// <summary>Items with one image and several texts each, across a gap.</summary>
internal static class ItemEmbeddings
{
    internal sealed class Row
    {
        [Microsoft.ML.Data.VectorType(8)]
        public float[] Image { get; set; } = [];

        [Microsoft.ML.Data.VectorType(8)]
        public float[] Text { get; set; } = [];

        public string Id { get; set; } = "";
    }

    internal static (IDataView Images, IDataView Texts, Relevance Relevance) Create(MLContext context, int items, int textsPerItem, int seed = 1, double gap = 4)
    {
        var random = new Random(seed);
        var (images, texts) = (new List<Row>(), new List<Row>());
        for (var item = 0; item < items; item++)
        {
            var signal = Enumerable.Range(0, 8).Select(_ => 2 * random.NextDouble() - 1).ToArray();
            float[] Noisy(int direction) => [.. signal.Select((x, d) => (float)(x + 0.3 * random.NextDouble() + (d == direction ? gap : 0)))];
            images.Add(new Row { Image = Noisy(0), Id = $"item {item}" });
            for (var i = 0; i < textsPerItem; i++)
                texts.Add(new Row { Text = Noisy(1), Id = $"item {item}" });
        }

        var shuffled = texts.ToArray();
        random.Shuffle(shuffled);
        return (context.Data.LoadFromEnumerable(images), context.Data.LoadFromEnumerable(shuffled), Relevance.ById("Id", "Id"));
    }
}
