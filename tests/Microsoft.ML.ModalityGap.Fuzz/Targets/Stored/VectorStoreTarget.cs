using Microsoft.Extensions.VectorData;

namespace Microsoft.ML.ModalityGap.Fuzz;

/// <summary>Stored vector stores: collections are opened, read and searched.</summary>
internal sealed class VectorStoreTarget : StoredTarget
{
    internal override string Name => "vector-store";

    internal override IReadOnlyList<string> Covers => ["EmbeddingVectorStore.Load"];

    internal override double Share => 2;

    internal override IReadOnlyList<Type> Documented => [typeof(InvalidDataException), typeof(VectorStoreException)];

    internal override IReadOnlyList<byte[]> CreateSeeds()
    {
        using var store = new EmbeddingVectorStore();
        var notes = store.GetCollection<string, Note>("notes");
        notes.EnsureCollectionExistsAsync().GetAwaiter().GetResult();
        notes.UpsertAsync(Enumerable.Range(0, 12).Select(i => new Note { Id = $"{i}", Kind = i % 2 == 0 ? "a" : null, Text = $"word{i}", Year = i, Price = i % 3 == 0 ? null : i / 7.0, Vector = Seeds.Rows(1, Seeds.Dimension, i) })).GetAwaiter().GetResult();
        store.GetCollection<string, Note>("none").EnsureCollectionExistsAsync().GetAwaiter().GetResult();
        return [Seeds.Save(store.Save)];
    }

    internal override void Read(FuzzInput input)
    {
        using var store = EmbeddingVectorStore.Load(input.OpenStream());
        var notes = store.GetCollection<string, Note>("notes");
        if (!notes.CollectionExistsAsync().GetAwaiter().GetResult())
            return;
        _ = notes.GetAsync("3").GetAwaiter().GetResult();
        foreach (var found in notes.SearchAsync(new ReadOnlyMemory<float>(Seeds.Rows(1, Seeds.Dimension, 4)), 3).ToBlockingEnumerable())
        {
            if (found.Score is { } score && double.IsNaN(score))
                throw new FuzzFaultException("a score is NaN");
        }
    }

    internal sealed class Note
    {
        [VectorStoreKey]
        public string Id { get; set; } = "";

        [VectorStoreData(IsIndexed = true)]
        public string? Kind { get; set; }

        [VectorStoreData(IsFullTextIndexed = true)]
        public string? Text { get; set; }

        [VectorStoreData]
        public int Year { get; set; }

        [VectorStoreData]
        public double? Price { get; set; }

        [VectorStoreVector(Seeds.Dimension)]
        public ReadOnlyMemory<float> Vector { get; set; }
    }
}
