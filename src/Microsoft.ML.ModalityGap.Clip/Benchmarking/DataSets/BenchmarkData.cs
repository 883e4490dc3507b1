namespace Microsoft.ML.ModalityGap;

/// <summary>An image of a data set.</summary>
/// <param name="Id">What it is called there; no two are called the same.</param>
/// <param name="Part">One of <see cref="DataParts"/>.</param>
/// <param name="Content">Its file's content.</param>
/// <param name="Class">The place of its class, or −1.</param>
internal sealed record DataImage(string Id, string Part, ImageContent Content, int Class = -1);

/// <summary>A text that describes an image: places among images and texts.</summary>
internal readonly record struct DataCaption(int Image, int Text);

/// <summary>A text with marks that people gave it as a caption of an image.</summary>
internal sealed record DataRating(int Image, int Text, IReadOnlyList<float> Marks);

/// <summary>Two captions of an image of which people prefer one: the first where <paramref name="Preference"/> is positive.</summary>
internal sealed record DataPreference(int Image, int First, int Second, float Preference, string? Category);

/// <summary>A query or a document: an image, a text, or both.</summary>
internal sealed record DataDocument(string Id, int? Image, int? Text)
{
    /// <summary>The modality of what is both.</summary>
    internal const string Fused = "Fused";

    /// <summary>Its modality in a mixed gallery.</summary>
    internal string Kind => (Image, Text) switch
    {
        (not null, not null) => Fused,
        (not null, null) => BenchmarkMethods.Image,
        _ => BenchmarkMethods.Text,
    };
}

/// <summary>A gallery of images, texts and both, queries, and what is relevant to them.</summary>
internal sealed record DataSearch(IReadOnlyList<DataDocument> Queries, IReadOnlyList<DataDocument> Documents, IReadOnlyList<RelevanceJudgement> Judgements);

/// <summary>Classes of images by name.</summary>
/// <param name="Names">Their names.</param>
/// <param name="Templates">The sentences that came with the data set; <see langword="null"/> where none did.</param>
internal sealed record DataClasses(IReadOnlyList<string> Names, PromptTemplates? Templates = null)
{
    /// <summary>Per class the places of its sentences among the texts; empty until they are made.</summary>
    internal IReadOnlyList<IReadOnlyList<int>> Prompts { get; init; } = [];
}

/// <summary>A data set, whatever its files look like. What it lacks is empty.</summary>
internal sealed record BenchmarkData
{
    internal required string Name { get; init; }

    internal required string Format { get; init; }

    internal required IReadOnlyList<DataImage> Images { get; init; }

    /// <summary>All texts, none twice.</summary>
    internal required IReadOnlyList<string> Texts { get; init; }

    /// <summary>In the data set's order: an image's first is its first caption.</summary>
    internal IReadOnlyList<DataCaption> Captions { get; init; } = [];

    internal DataClasses? Classes { get; init; }

    internal IReadOnlyList<DataRating> Ratings { get; init; } = [];

    internal IReadOnlyList<DataPreference> Preferences { get; init; } = [];

    internal DataSearch? Search { get; init; }

    internal IReadOnlyList<BenchmarkFinding> Findings { get; init; } = [];

    /// <summary>The part that is measured: the test part, or the best there is.</summary>
    internal string MeasuredPart => HasPart(DataParts.Test) ? DataParts.Test : HasPart(DataParts.Validation) ? DataParts.Validation : DataParts.Training;

    internal bool HasPart(string part) => Images.Any(image => image.Part == part);

    /// <summary>The places of a part's images.</summary>
    internal IReadOnlyList<int> GetImages(string part) => [.. Enumerable.Range(0, Images.Count).Where(i => Images[i].Part == part)];

    /// <summary>The captions of a part's images.</summary>
    internal IReadOnlyList<DataCaption> GetCaptions(string part) => [.. Captions.Where(caption => Images[caption.Image].Part == part)];

    /// <summary>The data set with sentences for its classes, where it has any.</summary>
    /// <param name="templates">The sentences; its own, where it came with some, come first.</param>
    internal BenchmarkData WithPrompts(PromptTemplates templates)
    {
        if (Classes is null)
            return this;
        var texts = Texts.ToList();
        var places = texts.Index().ToDictionary(entry => entry.Item, entry => entry.Index, StringComparer.Ordinal);
        var prompts = Classes.Names.Select(name => (IReadOnlyList<int>)[.. (Classes.Templates ?? templates).Fill(name).Select(Add)]).ToArray();
        return this with { Texts = texts, Classes = Classes with { Prompts = prompts } };

        int Add(string text)
        {
            if (places.TryGetValue(text, out var place))
                return place;
            texts.Add(text);
            return places[text] = texts.Count - 1;
        }
    }

    /// <summary>The data set without some images, and without the texts that then belong to nothing.</summary>
    internal BenchmarkData Keep(Func<int, bool> keepImage) => Keep(keepImage, Search);

    /// <summary>A quick look: so many images of each part, evenly spread over it; of a mixed gallery so many queries, what is relevant to them, and as many documents more.</summary>
    internal BenchmarkData Limit(int count)
    {
        if (Search is null)
        {
            var kept = Images.Index().GroupBy(image => image.Item.Part).SelectMany(part => Spread([.. part.Select(image => image.Index)], count)).ToHashSet();
            return Keep(kept.Contains);
        }

        var queries = Spread(Search.Queries, count);
        var asked = queries.Select(query => query.Id).ToHashSet(StringComparer.Ordinal);
        var judgements = Search.Judgements.Where(judgement => asked.Contains(judgement.QueryId)).ToList();
        var relevant = judgements.Select(judgement => judgement.DocumentId).ToHashSet(StringComparer.Ordinal);
        var others = Spread([.. Search.Documents.Where(document => !relevant.Contains(document.Id))], count).Select(document => document.Id);
        relevant.UnionWith(others);
        var search = new DataSearch(queries, [.. Search.Documents.Where(document => relevant.Contains(document.Id))], judgements);
        var used = search.Queries.Concat(search.Documents).Select(document => document.Image).OfType<int>().ToHashSet();
        return Keep(used.Contains, search);
    }

    private static IReadOnlyList<T> Spread<T>(IReadOnlyList<T> items, int count) =>
        items.Count <= count ? items : [.. Enumerable.Range(0, count).Select(i => items[(int)((long)i * items.Count / count)])];

    private BenchmarkData Keep(Func<int, bool> keepImage, DataSearch? search)
    {
        var images = new Dictionary<int, int>();
        var texts = new Dictionary<int, int>();
        foreach (var image in Enumerable.Range(0, Images.Count).Where(keepImage))
            images[image] = images.Count;
        int Text(int text) => texts.TryGetValue(text, out var place) ? place : texts[text] = texts.Count;
        DataDocument[] Documents(IEnumerable<DataDocument> documents) =>
        [
            .. documents.Where(document => document.Image is not { } image || images.ContainsKey(image))
                .Select(document => document with { Image = document.Image is { } image ? images[image] : null, Text = document.Text is { } text ? Text(text) : null }),
        ];
        return this with
        {
            Images = [.. images.Keys.Select(image => Images[image])],
            Captions = [.. Captions.Where(caption => images.ContainsKey(caption.Image)).Select(caption => new DataCaption(images[caption.Image], Text(caption.Text)))],
            Ratings = [.. Ratings.Where(rating => images.ContainsKey(rating.Image)).Select(rating => rating with { Image = images[rating.Image], Text = Text(rating.Text) })],
            Preferences =
            [
                .. Preferences.Where(preference => images.ContainsKey(preference.Image))
                    .Select(preference => preference with { Image = images[preference.Image], First = Text(preference.First), Second = Text(preference.Second) }),
            ],
            Classes = Classes is null ? null : Classes with { Prompts = [.. Classes.Prompts.Select(prompts => (IReadOnlyList<int>)[.. prompts.Select(Text)])] },
            Search = search is null ? null : new DataSearch(Documents(search.Queries), Documents(search.Documents), search.Judgements),
            Texts = [.. texts.OrderBy(entry => entry.Value).Select(entry => Texts[entry.Key])],
        };
    }
}
