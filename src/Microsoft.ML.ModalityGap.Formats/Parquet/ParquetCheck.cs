using Parquet.Meta;

namespace Microsoft.ML.ModalityGap;

/// <summary>Whether what a file says of itself can be given to Parquet.Net.</summary>
internal static class ParquetCheck
{
    private const int MaximumDepth = 64;

    // PAR1 at the start; the footer's length and PAR1 at the end.
    private const int FileStart = 4, FileEnd = 8;

    /// <summary>The footer: a struct of Thrift, and a schema that is not nested without end.</summary>
    /// <exception cref="InvalidDataException">It is none.</exception>
    internal static void CheckFooter(Stream stream, int length)
    {
        // Of each element of the schema, the root first, how many are below it.
        var (children, pending) = (new List<long>(), 0L);
        new ThriftWalker(stream, stream.Length - FileEnd - length, stream.Length - FileEnd, (owner, field, number) =>
        {
            const int ChildrenField = 5;
            if (owner != nameof(SchemaElement))
                return;
            if (field == ChildrenField)
                pending = number;
            if (field != 0)
                return;
            children.Add(pending);
            pending = 0;
        }).Walk(ThriftStruct.FileMetaData);

        var open = new Stack<long>();
        for (var i = 0; i < children.Count && (i == 0 || open.Count > 0); i++)
        {
            if (i > 0)
                open.Push(open.Pop() - 1);
            while (children[i] <= 0 && open.TryPeek(out var left) && left <= 0)
                open.Pop();
            if (children[i] > 0)
                open.Push(children[i]);
            if (open.Count > MaximumDepth)
                throw new InvalidDataException($"Its schema is nested to a depth of more than {MaximumDepth}.");
        }
    }

    /// <summary>The pages of a column of a row group: as many as hold its values, all within the file, none that would unpack to far more than it is.</summary>
    /// <param name="path">The file.</param>
    /// <param name="stream">The same, open.</param>
    /// <param name="chunk">What the footer says of the column.</param>
    /// <returns>The pages.</returns>
    /// <exception cref="InvalidDataException">It is otherwise.</exception>
    internal static IReadOnlyList<ParquetPage> CheckPages(string path, Stream stream, ColumnMetaData chunk)
    {
        // As Parquet.Net does, which takes the first of them and goes on from there.
        var position = new[] { chunk.DictionaryPageOffset ?? 0, chunk.DataPageOffset, chunk.IndexPageOffset ?? 0 }.Where(offset => offset != 0).DefaultIfEmpty(-1).Min();
        var end = stream.Length - FileEnd;
        if (position < FileStart || position >= end || chunk.NumValues < 0)
            throw new InvalidDataException($"{chunk.NumValues} values would stand at byte {position}.");
        var (start, values, pages) = (position, 0L, new List<ParquetPage>());
        while (values < chunk.NumValues)
        {
            var header = new Dictionary<(string Struct, long Field), long>();
            var walker = new ThriftWalker(stream, position, end, (owner, field, number) => header[(owner, field)] = number);
            walker.Walk(ThriftStruct.PageHeader);
            long Read(string owner, long field) => header.GetValueOrDefault((owner, field), -1);

            var (kind, unpacked, packed) = ((PageType)Read(nameof(PageHeader), 1), Read(nameof(PageHeader), 2), Read(nameof(PageHeader), 3));
            if (unpacked is < 0 or > int.MaxValue || packed is < 0 or > int.MaxValue || packed > end - walker.Position)
                throw new InvalidDataException($"The page at byte {position} would be {packed} bytes long, and {unpacked} unpacked.");
            Expansion.Check(path, $"the page at byte {position}", unpacked, packed);
            var (owner, encodingField) = kind switch
            {
                PageType.DATA_PAGE => (nameof(DataPageHeader), 2),
                PageType.DATA_PAGE_V2 => (nameof(DataPageHeaderV2), 4),
                PageType.DICTIONARY_PAGE => (nameof(DictionaryPageHeader), 2),
                _ => throw new InvalidDataException($"The page at byte {position} is of kind {kind}, where data and dictionaries are expected."),
            };
            var (count, encoding) = (Read(owner, 1), Read(owner, encodingField));

            // Pages may hold runs of equal values; each entry of a dictionary takes some bytes.
            if (count < 0 || count > chunk.NumValues - (kind == PageType.DICTIONARY_PAGE ? 0 : values) || (kind == PageType.DICTIONARY_PAGE && count > unpacked))
                throw new InvalidDataException($"The page at byte {position} would have {count} values.");
            var (definitions, repetitions) = kind == PageType.DATA_PAGE_V2 ? (Read(owner, 5), Read(owner, 6)) : (0, 0);
            if (encoding is < 0 or > int.MaxValue || definitions < 0 || repetitions < 0 || definitions > Math.Min(packed, unpacked) - repetitions)
                throw new InvalidDataException($"The page at byte {position} of {packed} bytes, {unpacked} unpacked, would have {repetitions} and {definitions} bytes of levels, and the encoding {encoding}.");
            pages.Add(new ParquetPage(
                kind, position, walker.Position, (int)packed, (int)unpacked, checked((int)count), (Encoding)encoding, (int)repetitions, (int)definitions, header.GetValueOrDefault((owner, 7), 1) != 0));

            // A text may take over all of the one before, which takes no more than an entry; how much they do is known by unpacking only. So each is counted as long as the page.
            if (kind != PageType.DICTIONARY_PAGE && pages[^1].Encoding == Encoding.DELTA_BYTE_ARRAY)
                Expansion.Check(path, $"the page at byte {position}, whose {count} values take over parts of the ones before (DELTA_BYTE_ARRAY; write it with another encoding),", count * unpacked, packed);
            values += kind == PageType.DICTIONARY_PAGE ? 0 : count;
            position = pages[^1].End;
        }

        Expansion.Check(path, $"a column of {chunk.NumValues} values", sizeof(long) * Math.Min(chunk.NumValues, long.MaxValue / sizeof(long)), position - start);
        return pages;
    }
}
