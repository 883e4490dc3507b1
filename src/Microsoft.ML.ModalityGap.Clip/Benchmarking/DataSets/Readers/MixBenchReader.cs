namespace Microsoft.ML.ModalityGap;

/// <summary>
/// A subset of MixBench: <c>queries.jsonl</c> (query_id, text, image), <c>mixed_corpus.jsonl</c> (corpus_id, text, image) of texts, images and both, and <c>qrels.tsv</c>; images are paths from the folder.
/// </summary>
internal sealed class MixBenchReader : IDataReader
{
    public string Format => "mixbench";

    public string Expects => "a folder with queries.jsonl, mixed_corpus.jsonl (or corpus.jsonl) and qrels.tsv";

    public bool Recognises(string path) => DataFolder.FindFile(path, "queries.jsonl") is not null && FindCorpus(path) is not null && DataFolder.FindFile(path, "qrels.tsv") is not null;

    public void Read(string path, DataBuilder builder)
    {
        var folder = new DataFolder(path);
        var queries = ReadDocuments(DataFolder.FindFile(path, "queries.jsonl")!, "query_id", folder, builder);
        var documents = ReadDocuments(FindCorpus(path)!, "corpus_id", folder, builder);
        var (askable, found) = (queries.Select(query => query.Id).ToHashSet(StringComparer.Ordinal), documents.Select(document => document.Id).ToHashSet(StringComparer.Ordinal));
        var judgements = new List<RelevanceJudgement>();
        foreach (var judgement in Relevance.ReadJudgements(DataFolder.FindFile(path, "qrels.tsv")!))
        {
            if (!askable.Contains(judgement.QueryId))
                builder.Note("judgement of an unknown query", judgement.QueryId);
            else if (!found.Contains(judgement.DocumentId))
                builder.Note("judgement of an unknown document", judgement.DocumentId);
            else
                judgements.Add(judgement);
        }

        if (!judgements.Exists(judgement => judgement.Grade > 0))
            throw new InvalidDataException($"'{path}': qrels.tsv says of no document that it is relevant to a query.");
        builder.Search = new DataSearch(queries, documents, judgements);
        folder.NoteUnused(builder);
    }

    private static string? FindCorpus(string path) => DataFolder.FindFile(path, "mixed_corpus.jsonl", "corpus.jsonl");

    private static List<DataDocument> ReadDocuments(string path, string idName, DataFolder folder, DataBuilder builder)
    {
        var documents = new List<DataDocument>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (entry, where) in DataJson.ReadLines(path))
        {
            var id = DataJson.GetText(entry, idName, where);
            if (!seen.Add(id))
            {
                builder.Note($"duplicate {idName}", id);
                continue;
            }

            var (text, image) = (DataJson.FindText(entry, "text"), DataJson.FindText(entry, "image"));
            if (string.IsNullOrWhiteSpace(text) && string.IsNullOrWhiteSpace(image))
                throw new InvalidDataException($"{where} has neither a text nor an image.");

            // Several documents may show one image.
            var place = string.IsNullOrWhiteSpace(image) ? (int?)null : builder.AddImage(image, DataParts.Test, builder.HasImage(image) ? null : folder.Find(image));
            if (place is not -1)
                documents.Add(new DataDocument(id, place, string.IsNullOrWhiteSpace(text) ? null : builder.AddText(text)));
        }

        return documents;
    }
}
