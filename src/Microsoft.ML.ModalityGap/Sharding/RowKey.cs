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

    internal ulong Get(long row) => Mix(_low ^ Mix(_high + unchecked((ulong)row)));

    /// <summary>The finaliser of SplitMix64 (Steele, Lea and Flood, 2014).</summary>
    private static ulong Mix(ulong value)
    {
        unchecked
        {
            value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
            value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
            return value ^ (value >> 31);
        }
    }
}
