using Parquet;
using Parquet.Meta;
using Parquet.Schema;

namespace Microsoft.ML.ModalityGap;

/// <summary>A column of a row group, whose pages Parquet.Net is shown some at a time, as if there were no others.</summary>
internal sealed class ParquetChunk
{
    private readonly ParquetRowGroupReader _group;
    private readonly DataField _leaf;
    private readonly ColumnMetaData _metadata;
    private readonly ParquetPage[] _dictionary;
    private readonly ParquetPage[] _pages;
    private readonly long[] _firstEntries;
    private readonly bool _areUnpacked;

    /// <param name="group">The row group.</param>
    /// <param name="leaf">The column.</param>
    /// <param name="metadata">What the footer says of it.</param>
    /// <param name="pages">Its pages, checked.</param>
    /// <exception cref="InvalidDataException">There is more than one dictionary.</exception>
    internal ParquetChunk(ParquetRowGroupReader group, DataField leaf, ColumnMetaData metadata, IReadOnlyList<ParquetPage> pages)
    {
        (_group, _leaf, _metadata, EntryCount) = (group, leaf, metadata, metadata.NumValues);
        _dictionary = [.. pages.Where(page => page.Kind == PageType.DICTIONARY_PAGE)];
        _pages = [.. pages.Where(page => page.Kind != PageType.DICTIONARY_PAGE)];
        if (_dictionary.Length > 1)
            throw new InvalidDataException($"The column at byte {pages[0].Position} has {_dictionary.Length} dictionaries.");
        _firstEntries = new long[_pages.Length];
        for (var i = 1; i < _pages.Length; i++)
            _firstEntries[i] = _firstEntries[i - 1] + _pages[i - 1].ValueCount;
        _areUnpacked = leaf.MaxRepetitionLevel > 0 && _pages.Any(page => page.Kind == PageType.DATA_PAGE_V2);
    }

    /// <summary>Its entries: values, and what says that there is none.</summary>
    internal long EntryCount { get; }

    /// <summary>How many pages of data there are.</summary>
    internal int PageCount => _pages.Length;

    /// <summary>The most entries of a page.</summary>
    internal int LargestPage => _pages.Select(page => page.ValueCount).DefaultIfEmpty().Max();

    /// <summary>How long its dictionary is, unpacked.</summary>
    internal long DictionaryBytes => _dictionary.Sum(page => (long)page.UnpackedBytes);

    /// <summary>The number of the first entry of a page.</summary>
    internal long GetFirstEntry(int page) => _firstEntries[page];

    /// <summary>How many entries a page has.</summary>
    internal int GetEntryCount(int page) => _pages[page].ValueCount;

    /// <summary>The page that an entry stands on.</summary>
    internal int FindPage(long entry)
    {
        var found = Array.BinarySearch(_firstEntries, entry);
        return found >= 0 ? found : ~found - 1;
    }

    /// <summary>Reads pages.</summary>
    /// <param name="window">What Parquet.Net reads from.</param>
    /// <param name="first">The first page.</param>
    /// <param name="count">How many.</param>
    /// <param name="values">Room for a value for each of their entries.</param>
    /// <param name="definitions">As much for their levels.</param>
    /// <param name="repetitions">As much for these.</param>
    internal void Read<T>(ParquetWindow window, int first, int count, Memory<T> values, Memory<int> definitions, Memory<int> repetitions)
        where T : struct
    {
        var (offset, dictionary, index, codec) = (_metadata.DataPageOffset, _metadata.DictionaryPageOffset, _metadata.IndexPageOffset, _metadata.Codec);
        ParquetPage[] pages = [.. _dictionary, .. _pages.AsSpan(first, count)];
        try
        {
            window.Show(pages, _areUnpacked ? codec : null);
            (_metadata.DataPageOffset, _metadata.DictionaryPageOffset, _metadata.IndexPageOffset) = (ParquetPageCopy.Start, null, null);
            (_metadata.NumValues, _metadata.Codec) = (values.Length, _areUnpacked ? CompressionCodec.UNCOMPRESSED : codec);
            _group.ReadRawAsync(_leaf, values, _leaf.MaxDefinitionLevel > 0 ? definitions : default(Memory<int>?), _leaf.MaxRepetitionLevel > 0 ? repetitions : default(Memory<int>?)).AsTask().GetAwaiter().GetResult();
        }
        finally
        {
            (_metadata.DataPageOffset, _metadata.DictionaryPageOffset, _metadata.IndexPageOffset) = (offset, dictionary, index);
            (_metadata.NumValues, _metadata.Codec) = (EntryCount, codec);
            window.ShowFile();
        }
    }
}
