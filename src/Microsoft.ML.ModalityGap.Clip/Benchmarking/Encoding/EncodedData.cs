namespace Microsoft.ML.ModalityGap;

/// <summary>A data set behind a model: all that is measured follows from this.</summary>
/// <param name="Data">The data set, without the images that could not be encoded.</param>
/// <param name="Images">Their embeddings.</param>
/// <param name="Texts">Those of the texts.</param>
/// <param name="Classes">Those of the classes, each the mean of its sentences; <see langword="null"/> without classes.</param>
/// <param name="Key">What embeddings and data set are known by.</param>
internal sealed record EncodedData(BenchmarkData Data, Embeddings Images, Embeddings Texts, Embeddings? Classes, string Key)
{
    /// <summary>Images and texts that belong together, for maps and corrections to be fitted on.</summary>
    /// <param name="part">The part they are of.</param>
    /// <returns>Per modality the embeddings, and the item each belongs to.</returns>
    internal FitRows GetFitRows(string part)
    {
        if (Data.Captions.Count > 0)
            return FromPairs(Data.GetCaptions(part));
        if (Classes is not null && Data.GetImages(part).Where(image => Data.Images[image].Class >= 0).ToList() is { Count: > 0 } labelled)
        {
            var used = labelled.Select(image => Data.Images[image].Class).Distinct().Order().ToList();
            return new FitRows(Images.Take(labelled), [.. labelled.Select(image => Name(Data.Images[image].Class))], Classes.Take(used), [.. used.Select(Name)]);
        }

        // Of rated captions those that people find good; of preferred ones the preferred.
        if (Data.Ratings.Count > 0)
        {
            var marks = Data.Ratings.Select(rating => rating.Marks.Average()).ToList();
            var middle = (marks.Min() + marks.Max()) / 2;
            return FromPairs([.. Data.Ratings.Where((_, i) => marks[i] > middle).Select(rating => new DataCaption(rating.Image, rating.Text)).Where(pair => Data.Images[pair.Image].Part == part)]);
        }

        if (Data.Preferences.Count > 0)
        {
            return FromPairs([.. Data.Preferences.Where(preference => Data.Images[preference.Image].Part == part)
                .Select(preference => new DataCaption(preference.Image, preference.Preference > 0 ? preference.First : preference.Second))]);
        }

        return FromPairs(GetSearchPairs());
    }

    /// <summary>Of a mixed gallery: both sides of what is fused, and texts with the images that are relevant to each other.</summary>
    private List<DataCaption> GetSearchPairs()
    {
        var pairs = new List<DataCaption>();
        if (Data.Search is not { } search)
            return pairs;
        pairs.AddRange(search.Queries.Concat(search.Documents).Where(document => document is { Image: not null, Text: not null }).Select(document => new DataCaption(document.Image!.Value, document.Text!.Value)));
        var queries = search.Queries.ToDictionary(query => query.Id, StringComparer.Ordinal);
        var documents = search.Documents.ToDictionary(document => document.Id, StringComparer.Ordinal);
        foreach (var judgement in search.Judgements.Where(judgement => judgement.Grade > 0))
        {
            if (!queries.TryGetValue(judgement.QueryId, out var query) || !documents.TryGetValue(judgement.DocumentId, out var document))
                continue;
            if (query is { Text: { } text, Image: null } && document is { Image: { } image, Text: null })
                pairs.Add(new DataCaption(image, text));
            else if (query is { Image: { } shown, Text: null } && document is { Text: { } said, Image: null })
                pairs.Add(new DataCaption(shown, said));
        }

        return pairs;
    }

    private FitRows FromPairs(IReadOnlyList<DataCaption> pairs)
    {
        pairs = [.. pairs.Distinct()];
        var images = pairs.Select(pair => pair.Image).Distinct().ToList();
        return new FitRows(Images.Take(images), [.. images.Select(Name)], Texts.Take([.. pairs.Select(pair => pair.Text)]), [.. pairs.Select(pair => Name(pair.Image))]);
    }

    private static string Name(int number) => number.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
