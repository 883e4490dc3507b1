using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Microsoft.ML.ModalityGap;

/// <summary>Numbers by which rows of shards are drawn: a hash of the seed, the shard's checksum and the row's number in it. The rows with the smallest numbers are a sample of all shards, whoever reads which of them.</summary>
internal readonly struct RowKey
{
    private readonly ulong _low;
    private readonly ulong _high;

    internal RowKey(int seed, string shard)
    {
        Shard = shard;
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{seed}\n{shard}")), hash);
        (_low, _high) = (BinaryPrimitives.ReadUInt64LittleEndian(hash), BinaryPrimitives.ReadUInt64LittleEndian(hash[8..]));
    }

    internal string Shard { get; }

    internal ulong Get(long row) => SplitMix64.Mix(_low ^ SplitMix64.Mix(_high + unchecked((ulong)row)));
}
