using Microsoft.Extensions.AI;
using Microsoft.Extensions.VectorData;

namespace Microsoft.ML.ModalityGap.Tests.Correction;

/// <summary>Collections with a model: ranked as <see cref="EmbeddingIndex"/> ranks, and closed to vectors of other maps.</summary>
[TestClass]
public class ModelTests
{
    private static readonly EmbeddingMap _images = Pairs.Model.GetModality("Image").Map, _texts = Pairs.Model.GetModality("Text").Map;

    [TestMethod]
    [DataRow(true, true)]
    [DataRow(true, false)]
    [DataRow(false, true)]
    [DataRow(false, false)]
    public async Task Search_OfThousandQueries_RanksAndScoresAsTheIndexDoes(bool maps, bool corrects)
    {
        var (images, texts) = Pairs.Draw(500, seed: 2);
        var index = new EmbeddingIndex(Pairs.Dimension, new EmbeddingIndexOptions { Correction = Pairs.Model.Correction }, Pairs.Model.Fingerprint);
        for (var i = 0; i < images.Length; i++)
        {
            index.Add(2 * i, _images.Apply(images[i]), "Image");
            index.Add(2 * i + 1, _texts.Apply(texts[i]), "Text");
        }

        var pictures = await CreateAsync(new EmbeddingCollectionOptions { Model = Pairs.Model, MapVectors = maps, ModalityProperty = "Modality" });
        await pictures.UpsertAsync(images.SelectMany((image, i) => new[]
        {
            new Picture { Id = 2 * i, Modality = "Image", Vector = new Embedding<float>(maps ? image : _images.Apply(image)) },
            new Picture { Id = 2 * i + 1, Modality = "Text", Vector = new Embedding<float>(maps ? texts[i] : _texts.Apply(texts[i])) },
        }));
        var queries = Pairs.Draw(500, seed: 3);
        foreach (var (query, modality, map) in queries.Images.Select(row => (row, "Image", _images)).Concat(queries.Texts.Select(row => (row, "Text", _texts))))
        {
            var expected = index.Search(map.Apply(query), 10, new SearchOptions { QueryModality = modality, UseCorrection = corrects });
            var found = await pictures.SearchAsync(maps ? query : map.Apply(query), 10, new EmbeddingSearchOptions<Picture> { QueryModality = modality, UseCorrection = corrects }).All();
            CollectionAssert.AreEqual(expected.Select(neighbor => neighbor.Id.Number).ToArray(), found.Select(result => result.Record.Id).ToArray());
            CollectionAssert.AreEqual(expected.Select(neighbor => (double?)neighbor.Score).ToArray(), found.Select(result => result.Score).ToArray());
        }
    }

    [TestMethod]
    public async Task Search_Filtered_IsTheCorrectedRankingOfThoseLeft()
    {
        var pictures = await CreateMixedAsync();
        var query = new EmbeddingSearchOptions<Picture> { QueryModality = "Text" };
        var all = await pictures.SearchAsync(_texts.Apply(Pairs.Draw(1, 9).Texts[0]), 200, query).All();
        query.Filter = picture => picture.Modality == "Image";
        var filtered = await pictures.SearchAsync(_texts.Apply(Pairs.Draw(1, 9).Texts[0]), 200, query).All();
        CollectionAssert.AreEqual(all.Where(result => result.Record.Modality == "Image").Select(result => (result.Record.Id, result.Score)).ToArray(), filtered.Select(result => (result.Record.Id, result.Score)).ToArray());
        Assert.HasCount(50, filtered);
    }

    [TestMethod]
    public async Task Search_MinimumProbability_MayFindNothing()
    {
        var pictures = await CreateMixedAsync();
        var query = _texts.Apply(Pairs.Draw(50, 4).Texts[7]);
        Assert.IsNotEmpty(await pictures.SearchAsync(query, 5, new EmbeddingSearchOptions<Picture> { QueryModality = "Text", MinimumProbability = 0.01 }).All());
        Assert.IsEmpty(await pictures.SearchAsync(_texts.Apply([0, 4, 0, 0, 0, 0, 0, 0]), 5, new EmbeddingSearchOptions<Picture> { QueryModality = "Text", MinimumProbability = 0.999 }).All());
    }

    [TestMethod]
    public async Task Query_SaysItsModality_InItsEmbedding()
    {
        var pictures = await CreateMixedAsync();
        var vector = _texts.Apply(Pairs.Draw(1, 9).Texts[0]);
        var named = await pictures.SearchAsync(vector, 20, new EmbeddingSearchOptions<Picture> { QueryModality = "Text" }).All();
        var stated = await pictures.SearchAsync(State(vector, Pairs.Model.Fingerprint, "Text"), 20).All();
        CollectionAssert.AreEqual(named.Select(result => result.Score).ToArray(), stated.Select(result => result.Score).ToArray());
        var exception = await Assert.ThrowsExactlyAsync<VectorStoreException>(() => pictures.SearchAsync(vector, 20).All());
        Assert.Contains("QueryModality", exception.Message);
    }

    [TestMethod]
    public async Task Strangers_ByEmbeddingPropertyQueryOrFilter_AreErrors()
    {
        var pictures = await CreateMixedAsync();
        var vector = _images.Apply(Pairs.Draw(1, 9).Images[0]);
        foreach (var run in new Func<Task>[]
        {
            () => pictures.UpsertAsync(new Picture { Id = 1000, Modality = "Image", Vector = State(vector, "another", null) }),
            () => pictures.UpsertAsync(new Picture { Id = 1000, Modality = "Image", Maps = "another", Vector = new Embedding<float>(vector) }),
            () => pictures.SearchAsync(State(vector, "another", "Image"), 3).All(),
            () => pictures.SearchAsync(State(vector, Pairs.Model.Fingerprint, "Image"), 3, new() { Filter = picture => picture.Maps == "another" && picture.Id > 3 }).All(),
        })
        {
            var exception = await Assert.ThrowsExactlyAsync<VectorStoreException>(run);
            Assert.Contains("another", exception.Message);
            Assert.Contains(Pairs.Model.Fingerprint, exception.Message);
        }

        var unknown = await Assert.ThrowsExactlyAsync<VectorStoreException>(() => pictures.UpsertAsync(new Picture { Id = 1000, Modality = "Image", Vector = new Embedding<float>(vector) }));
        Assert.Contains("does not say by which maps", unknown.Message);
        Assert.HasCount(100, await pictures.GetAsync(picture => picture.Maps == Pairs.Model.Fingerprint, 1000).All(), "the filter that every store can have");
    }

    [TestMethod]
    public async Task WithoutAModel_TheFirstVectorsSayWhichMapsTheOthersCameThrough()
    {
        var pictures = await CreateAsync(new EmbeddingCollectionOptions());
        await pictures.UpsertAsync(new Picture { Id = 1, Vector = State([1, 0, 0, 0, 0, 0, 0, 0], "first", null) });
        await Assert.ThrowsExactlyAsync<VectorStoreException>(() => pictures.UpsertAsync(new Picture { Id = 2, Vector = State([1, 0, 0, 0, 0, 0, 0, 0], "second", null) }));
        await Assert.ThrowsExactlyAsync<VectorStoreException>(() => pictures.SearchAsync(State([1, 0, 0, 0, 0, 0, 0, 0], "second", null), 1).All());
        await pictures.DeleteAsync(1);
        await pictures.UpsertAsync(new Picture { Id = 2, Vector = State([1, 0, 0, 0, 0, 0, 0, 0], "second", null) });
        Assert.AreEqual("second", (await pictures.GetAsync(2, new RecordRetrievalOptions { IncludeVectors = true }))!.Vector!.FindMapFingerprint());
    }

    [TestMethod]
    public async Task MapVectors_TakesRawOnesOnly_AndReturnsThem()
    {
        var pictures = await CreateAsync(new EmbeddingCollectionOptions { Model = Pairs.Model, MapVectors = true, ModalityProperty = "Modality", FingerprintProperty = "Maps" });
        var raw = Pairs.Draw(1, 9).Images[0];
        await pictures.UpsertAsync(new Picture { Id = 1, Modality = "Image", Vector = new Embedding<float>(raw) });
        var read = (await pictures.GetAsync(1, new RecordRetrievalOptions { IncludeVectors = true }))!;
        CollectionAssert.AreEqual(raw, read.Vector!.Vector.ToArray());
        Assert.AreEqual(Pairs.Model.Fingerprint, read.Maps);
        await pictures.UpsertAsync(read);
        await Assert.ThrowsExactlyAsync<VectorStoreException>(() => pictures.UpsertAsync(new Picture { Id = 2, Modality = "Image", Vector = State(_images.Apply(raw), Pairs.Model.Fingerprint, "Image") }));
    }

    [TestMethod]
    public async Task Modality_OfTheEmbedding_FillsTheProperty_AndMustNotContradictIt()
    {
        var pictures = await CreateMixedAsync();
        var vector = _images.Apply(Pairs.Draw(1, 9).Images[0]);
        await pictures.UpsertAsync(new Picture { Id = 1000, Vector = State(vector, Pairs.Model.Fingerprint, "Image") });
        Assert.AreEqual(("Image", Pairs.Model.Fingerprint), ((await pictures.GetAsync(1000))!.Modality, (await pictures.GetAsync(1000))!.Maps));
        await Assert.ThrowsExactlyAsync<VectorStoreException>(() => pictures.UpsertAsync(new Picture { Id = 1001, Modality = "Text", Vector = State(vector, Pairs.Model.Fingerprint, "Image") }));
        var unknown = await Assert.ThrowsExactlyAsync<VectorStoreException>(() => pictures.UpsertAsync(new Picture { Id = 1001, Modality = "sound", Vector = State(vector, Pairs.Model.Fingerprint, null) }));
        Assert.Contains("'Image', 'Text'", unknown.Message);
    }

    [TestMethod]
    public async Task Options_ThatDoNotGoTogether_AreNamed()
    {
        foreach (var (options, named) in new[]
        {
            (new EmbeddingCollectionOptions { MapVectors = true }, "MapVectors"),
            (new EmbeddingCollectionOptions { ModalityProperty = "Nowhere" }, "Nowhere"),
            (new EmbeddingCollectionOptions { FingerprintProperty = "Caption" }, "IsIndexed"),
            (new EmbeddingCollectionOptions { ModalityProperty = "Vector" }, "ModalityProperty"),
        })
        {
            var exception = await Assert.ThrowsExactlyAsync<VectorStoreException>(() => CreateAsync(options));
            Assert.Contains(named, exception.Message);
        }
    }

    [TestMethod]
    public async Task AnotherHandle_WithAnotherModel_IsRefused()
    {
        var store = new EmbeddingVectorStore();
        await store.GetCollection<long, Picture>("p", new EmbeddingCollectionOptions { Model = Pairs.Model, ModalityProperty = "Modality" }).EnsureCollectionExistsAsync();
        await store.GetCollection<long, Picture>("p").EnsureCollectionExistsAsync();
        var exception = await Assert.ThrowsExactlyAsync<VectorStoreException>(() => store.GetCollection<long, Picture>("p", new EmbeddingCollectionOptions { Model = Pairs.Fit(7) }).EnsureCollectionExistsAsync());
        Assert.Contains(Pairs.Model.Fingerprint, exception.Message);
    }

    internal static Embedding<float> State(float[] vector, string? fingerprint, string? modality)
    {
        var embedding = new Embedding<float>(vector) { AdditionalProperties = [] };
        if (fingerprint is not null)
            embedding.AdditionalProperties[EmbeddingMapProperties.Fingerprint] = fingerprint;
        if (modality is not null)
            embedding.AdditionalProperties[EmbeddingMapProperties.Modality] = modality;
        return embedding;
    }

    /// <summary>50 images and 50 texts, with captions on the texts.</summary>
    internal static async Task<EmbeddingCollection<long, Picture>> CreateMixedAsync(EmbeddingVectorStore? store = null)
    {
        var pictures = await CreateAsync(new EmbeddingCollectionOptions { Model = Pairs.Model, ModalityProperty = "Modality", FingerprintProperty = "Maps" }, store);
        var (images, texts) = Pairs.Draw(50, 4);
        await pictures.UpsertAsync(images.SelectMany((image, i) => new[]
        {
            new Picture { Id = 2 * i, Modality = "Image", Vector = State(_images.Apply(image), Pairs.Model.Fingerprint, null) },
            new Picture { Id = 2 * i + 1, Modality = "Text", Caption = $"number {i} of all", Vector = State(_texts.Apply(texts[i]), Pairs.Model.Fingerprint, null) },
        }));
        return pictures;
    }

    internal static async Task<EmbeddingCollection<long, Picture>> CreateAsync(EmbeddingCollectionOptions options, EmbeddingVectorStore? store = null)
    {
        var pictures = (store ?? new EmbeddingVectorStore()).GetCollection<long, Picture>("pictures", options);
        await pictures.EnsureCollectionExistsAsync();
        return pictures;
    }
}
