using PureHDF.Filters;

namespace Microsoft.ML.ModalityGap;

/// <summary>The LZF compression of HDF5's chunks, which h5py has of its own and PureHDF lacks. Reads only.</summary>
/// <remarks>
/// Source: the description of h5py's filter (docs.h5py.org, "Filter pipeline"; number 32000) and LibLZF's format: a control byte below 32 says how many bytes more than one follow as they are; any other has, in its upper
/// three bits, the length of a repetition less 2 (7: a byte more of it follows) and, with the byte behind it, how far back it begins less 1.
/// </remarks>
internal sealed class LzfFilter : IH5Filter
{
    private const int LiteralLimit = 32;

    // The longest repetition is stated in three bytes.
    private const int BytesOfByte = (255 + 7 + 2) / 3;

    public ushort FilterId => 32000;

    public string Name => "lzf";

    public Memory<byte> Filter(FilterInfo info) => info.Flags.HasFlag(H5FilterFlags.Decompress)
        ? Unpack(info.Buffer.Span, info.Parameters.Length > 2 ? checked((int)info.Parameters[2]) : info.ChunkSize)
        : throw new NotSupportedException("LZF is read only.");

    public uint[] GetParameters(uint[] chunkDimensions, uint typeSize, Dictionary<string, object>? options) => throw new NotSupportedException("LZF is read only.");

    /// <summary>Unpacks a chunk of a known length.</summary>
    /// <exception cref="InvalidDataException">It is damaged.</exception>
    internal static byte[] Unpack(ReadOnlySpan<byte> packed, int length)
    {
        if (length / BytesOfByte > packed.Length)
            throw Damaged();
        var result = new byte[length];
        var (at, end) = (0, 0);
        while (at < packed.Length)
        {
            int control = packed[at++];
            var count = control < LiteralLimit ? control + 1 : control >> 5;
            if (control < LiteralLimit)
            {
                if (count > packed.Length - at || count > length - end)
                    throw Damaged();
                packed.Slice(at, count).CopyTo(result.AsSpan(end));
                (at, end) = (at + count, end + count);
                continue;
            }

            if (count == 7 && at < packed.Length)
                count += packed[at++];
            if (at == packed.Length)
                throw Damaged();
            var from = end - ((control & 31) << 8) - packed[at++] - 1;
            count += 2;
            if (from < 0 || count > length - end)
                throw Damaged();

            // What is repeated may be still in the making.
            for (var i = 0; i < count; i++)
                result[end++] = result[from++];
        }

        return end == length ? result : throw Damaged();
    }

    private static InvalidDataException Damaged() => new("a chunk packed by LZF does not unpack to its length.");
}
