namespace Microsoft.ML.ModalityGap;

/// <summary>CRC-32 as zip archives and PNG images have it (ISO 3309).</summary>
internal struct Crc32
{
    private const uint Polynomial = 0xEDB88320;

    private static readonly uint[] _table = CreateTable();

    private uint _inverse;

    /// <summary>The checksum of what was added so far; 0 of nothing.</summary>
    internal readonly uint Value => _inverse;

    internal static uint Of(ReadOnlySpan<byte> content)
    {
        var checksum = default(Crc32);
        checksum.Add(content);
        return checksum.Value;
    }

    internal void Add(ReadOnlySpan<byte> content)
    {
        var value = ~_inverse;
        foreach (var next in content)
            value = _table[(byte)(value ^ next)] ^ (value >> 8);
        _inverse = ~value;
    }

    private static uint[] CreateTable()
    {
        var table = new uint[256];
        for (var i = 0u; i < table.Length; i++)
        {
            table[i] = i;
            for (var bit = 0; bit < 8; bit++)
                table[i] = (table[i] & 1) != 0 ? Polynomial ^ (table[i] >> 1) : table[i] >> 1;
        }

        return table;
    }
}
