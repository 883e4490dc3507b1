namespace Microsoft.ML.ModalityGap;

/// <summary>The stored form of a <see cref="HitsPart"/>, inside a <see cref="CheckedBlock"/>.</summary>
/// <remarks>
/// <code>
/// int32     k; int32 number of ranges, per range int64 first row, int64 rows
/// int32     number of terms, per term two texts
/// int32     number of queries; bool, and if true a text per query: what it is
/// per query: int32 number of hits, per hit int64 row, float32 score, bool (numeric id), its id (int64 or text), text modality (empty for none), bool, and if true float64 probability
/// </code>
/// </remarks>
internal static class HitsPartFormat
{
    private const string What = "file of hits";

    private static readonly BlockSignature _signature = new("MGHT", Version: 1);

    internal static void Save(string path, HitsPart part) => AtomicFile.Write(path, stream => CheckedBlock.Write(stream, _signature, writer => Write(writer, part)));

    /// <exception cref="InvalidDataException">It is no such file, a damaged one, or one of a newer version.</exception>
    internal static HitsPart Load(string path) => InputFile.Load(path, stream => CheckedBlock.Read(stream, _signature, What, Read));

    private static void Write(BinaryWriter writer, HitsPart part)
    {
        writer.Write(part.K);
        writer.Write(part.Ranges.Count);
        foreach (var range in part.Ranges)
        {
            writer.Write(range.First);
            writer.Write(range.Count);
        }

        writer.Write(part.Terms.Count);
        foreach (var (name, value) in part.Terms)
        {
            writer.WriteText(name);
            writer.WriteText(value);
        }

        writer.Write(part.Queries.Count);
        writer.Write(part.Items is not null);
        foreach (var item in part.Items ?? [])
            writer.WriteText(item);
        foreach (var hits in part.Queries)
        {
            writer.Write(hits.Count);
            foreach (var hit in hits)
            {
                writer.Write(hit.Row);
                writer.Write(hit.Score);
                writer.Write(hit.Id.IsNumber);
                if (hit.Id.IsNumber)
                    writer.Write(hit.Id.Number);
                else
                    writer.WriteText(hit.Id.ToString());
                writer.WriteText(hit.Modality ?? "");
                writer.Write(hit.Probability is not null);
                if (hit.Probability is { } probability)
                    writer.Write(probability);
            }
        }
    }

    private static HitsPart Read(BlockReader reader)
    {
        var k = reader.ReadInt32();
        RowRange[] ranges = [.. Enumerable.Range(0, reader.ReadCount()).Select(_ => new RowRange(reader.ReadInt64(), reader.ReadInt64()))];
        var terms = new SortedDictionary<string, string>(StringComparer.Ordinal);
        for (var left = reader.ReadCount(); left > 0; left--)
            terms[reader.ReadText()] = reader.ReadText();
        var queries = new ShardHit[reader.ReadCount()][];
        string[]? items = reader.ReadBoolean() ? [.. queries.Select(_ => reader.ReadText())] : null;
        for (var query = 0; query < queries.Length; query++)
        {
            queries[query] = new ShardHit[reader.ReadCount()];
            for (var i = 0; i < queries[query].Length; i++)
                queries[query][i] = ReadHit(reader);
        }

        return k < 1 || ranges.Any(range => range.First < 0 || range.Count < 0)
            ? throw new InvalidDataException($"The {What} is damaged: it states {k} neighbours and the rows {string.Join(", ", ranges)}.")
            : new HitsPart { K = k, Ranges = ranges, Terms = terms, Items = items, Queries = queries };
    }

    private static ShardHit ReadHit(BlockReader reader)
    {
        var (row, score) = (reader.ReadInt64(), reader.ReadSingle());
        var id = reader.ReadBoolean() ? new EmbeddingId(reader.ReadInt64()) : new EmbeddingId(reader.ReadText());
        var modality = reader.ReadText();
        double? probability = reader.ReadBoolean() ? reader.ReadDouble() : null;
        return new ShardHit(row, id, score, modality.Length == 0 ? null : modality, probability);
    }
}
