using System.Buffers.Binary;
using Parquet.Meta;

namespace Microsoft.ML.ModalityGap;

/// <summary>
/// Pages in memory, one behind the other, so that Parquet.Net finds those alone that it is to read. It reads no lists on pages of version 2; of these become pages of version 1, unpacked.
/// </summary>
internal sealed class ParquetPageCopy
{
    /// <summary>Where the first one begins: Parquet.Net takes 0 for nowhere.</summary>
    internal const int Start = 4;

    // The longest header written here, and the lengths of both kinds of levels.
    private const int RoomForHeader = 64;

    // As Thrift's compact protocol numbers them: a 32-bit number, a struct.
    private const int Number = 5, Struct = 12;

    private byte[] _bytes = [];
    private byte[] _packed = [];
    private int _length;

    /// <summary>What was copied.</summary>
    internal MemoryStream Open() => new(_bytes, 0, _length, writable: false);

    /// <summary>Copies pages as they are.</summary>
    internal void Copy(Stream stream, IReadOnlyList<ParquetPage> pages)
    {
        Begin(pages.Sum(page => page.End - page.Position));
        foreach (var page in pages)
        {
            stream.Position = page.Position;
            var bytes = _bytes.AsSpan(_length, checked((int)(page.End - page.Position)));
            stream.ReadExactly(bytes);
            _length += bytes.Length;
        }
    }

    /// <summary>Copies pages unpacked, those of data as pages of version 1.</summary>
    internal void CopyUnpacked(Stream stream, IReadOnlyList<ParquetPage> pages, CompressionCodec codec)
    {
        Begin(pages.Sum(page => RoomForHeader + (long)page.UnpackedBytes));
        foreach (var page in pages)
        {
            stream.Position = page.ContentPosition;
            if (_packed.Length < page.PackedBytes)
                _packed = GC.AllocateUninitializedArray<byte>(page.PackedBytes);
            var packed = _packed.AsSpan(0, page.PackedBytes);
            stream.ReadExactly(packed);
            if (page.Kind == PageType.DATA_PAGE_V2)
                WriteVersion2(page, packed, codec);
            else
                WriteUnpacked(page, packed, codec);
        }
    }

    private void Begin(long bytes)
    {
        if (_bytes.Length < Start + bytes)
            _bytes = GC.AllocateUninitializedArray<byte>(checked((int)(Start + bytes)));
        _length = Start;
    }

    private void WriteUnpacked(ParquetPage page, ReadOnlySpan<byte> packed, CompressionCodec codec)
    {
        WriteHeader(page, page.Kind, page.UnpackedBytes);
        ParquetCodecs.Unpack(codec, packed, Take(page.UnpackedBytes));
    }

    /// <summary>Version 1 has its levels behind their lengths, and packs them with the values.</summary>
    private void WriteVersion2(ParquetPage page, ReadOnlySpan<byte> packed, CompressionCodec codec)
    {
        WriteHeader(page, PageType.DATA_PAGE, 2 * sizeof(int) + page.UnpackedBytes);
        var levels = page.RepetitionBytes + page.DefinitionBytes;
        WriteLevels(packed[..page.RepetitionBytes]);
        WriteLevels(packed[page.RepetitionBytes..levels]);
        ParquetCodecs.Unpack(page.IsPacked ? codec : CompressionCodec.UNCOMPRESSED, packed[levels..], Take(page.UnpackedBytes - levels));
    }

    private void WriteLevels(ReadOnlySpan<byte> levels)
    {
        BinaryPrimitives.WriteInt32LittleEndian(Take(sizeof(int)), levels.Length);
        levels.CopyTo(Take(levels.Length));
    }

    private void WriteHeader(ParquetPage page, PageType kind, int bytes)
    {
        const int DataHeader = 5, DictionaryHeader = 7;
        WriteField(1, Number, (int)kind);
        WriteField(1, Number, bytes);
        WriteField(1, Number, bytes);
        WriteField(kind == PageType.DATA_PAGE ? DataHeader - 3 : DictionaryHeader - 3, Struct, null);
        WriteField(1, Number, page.ValueCount);
        WriteField(1, Number, (int)page.Encoding);
        if (kind == PageType.DATA_PAGE)
        {
            WriteField(1, Number, (int)Encoding.RLE);
            WriteField(1, Number, (int)Encoding.RLE);
        }

        // The end of both structs.
        Take(2).Clear();
    }

    private void WriteField(int after, int type, int? value)
    {
        Take(1)[0] = (byte)((after << 4) | type);
        if (value is not { } number)
            return;
        var left = (uint)((number << 1) ^ (number >> 31));
        for (; left > 127; left >>= 7)
            Take(1)[0] = (byte)(left | 128);
        Take(1)[0] = (byte)left;
    }

    private Span<byte> Take(int length)
    {
        var taken = _bytes.AsSpan(_length, length);
        _length += length;
        return taken;
    }
}
