using Microsoft.Extensions.VectorData;

namespace Microsoft.ML.ModalityGap.Tests;

/// <summary>Collections of notes to try things on.</summary>
internal static class Notes
{
    public static async Task<EmbeddingCollection<string, Note>> CreateAsync(params Note[] notes)
    {
        var collection = new EmbeddingCollection<string, Note>(new EmbeddingVectorStore(new EmbeddingVectorStoreOptions { Name = "tests" }), "notes");
        await collection.EnsureCollectionExistsAsync();
        await collection.UpsertAsync(notes);
        return collection;
    }

    /// <summary>Five notes: angles 0°, 30°, 60°, 90°, 180°.</summary>
    public static Task<EmbeddingCollection<string, Note>> CreateFiveAsync() => CreateAsync(
        Note.Create("a", 1, 0, "x", "red apple", 2001, "fruit", "red"),
        Note.Create("b", 0.8660254f, 0.5f, "y", "green apple tree", 2003, "fruit"),
        Note.Create("c", 0.5f, 0.8660254f, "x", "blue sky", 2002),
        Note.Create("d", 0, 1, null, null, 2005, "red"),
        Note.Create("e", -1, 0, "z", "night", 2004));

    public static async Task<string> Ids(this IAsyncEnumerable<Note> notes)
    {
        var ids = new List<string>();
        await foreach (var note in notes)
            ids.Add(note.Id);
        return string.Join(",", ids);
    }

    public static async Task<string> Ids(this IAsyncEnumerable<VectorSearchResult<Note>> results) => string.Join(",", (await results.All()).Select(result => result.Record.Id));

    public static async Task<List<T>> All<T>(this IAsyncEnumerable<T> items)
    {
        var all = new List<T>();
        await foreach (var item in items)
            all.Add(item);
        return all;
    }
}
