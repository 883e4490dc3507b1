using System.Buffers.Binary;
using System.Collections;

namespace Microsoft.ML.ModalityGap;

/// <summary>
/// SentencePiece's precompiled rules of normalisation (<c>precompiled_charsmap</c>): byte strings and what replaces them, such as NFKC's.
/// </summary>
/// <remarks>
/// <code>
/// uint32    length of the tree in bytes
/// tree      a double array (Darts), a unit of 32 bits per entry: bit 31 and bits 0 to 7 label, bit 8 has a value, bits 10 to 30 offset, shifted by 8 more where bit 9 is set;
///           a value, where bit 31 is set and what is asked for is no label, is bits 0 to 30
/// texts     the replacements in UTF-8, each with a zero byte behind it; values are where they begin
/// </code>
/// Everything a text can reach is checked when the map is read, so that using it cannot fail.
/// </remarks>
internal sealed class CharacterMap
{
    /// <summary>Some fifty times the rules that SentencePiece ships; bounds the time that checking takes.</summary>
    private const int MaximumLength = 1 << 24;

    /// <summary>Longer than any rule or replacement (NFKC's longest has 33 bytes); bounds how a text can grow.</summary>
    private const int MaximumReplacement = 1024;

    /// <summary>No rule looks further than this.</summary>
    private const int MaximumRule = 1024;

    private const int BlockLength = 256;

    private readonly uint[] _units;
    private readonly byte[] _replacements;

    private CharacterMap(uint[] units, byte[] replacements)
    {
        _units = units;
        _replacements = replacements;
    }

    /// <summary>Reads the rules.</summary>
    /// <returns>The map; <see langword="null"/> where there are no rules.</returns>
    /// <exception cref="InvalidDataException">They are damaged.</exception>
    internal static CharacterMap? Read(ReadOnlySpan<byte> content, string source)
    {
        if (content.IsEmpty)
            return null;

        InvalidDataException Damaged(string what) => new($"{source}: the rules of normalisation (precompiled_charsmap) are damaged: {what}.");
        if (content.Length is < sizeof(uint) or > MaximumLength)
            throw Damaged($"{sizeof(uint)} to {MaximumLength} bytes are expected, {content.Length} found");
        var length = BinaryPrimitives.ReadUInt32LittleEndian(content);
        if (length > (uint)(content.Length - sizeof(uint)) || length % (BlockLength * sizeof(uint)) != 0 || length == 0)
            throw Damaged($"a tree of {length} bytes is announced in {content.Length}, and blocks of {BlockLength * sizeof(uint)} are expected");

        var units = new uint[length / sizeof(uint)];
        for (var i = 0; i < units.Length; i++)
            units[i] = BinaryPrimitives.ReadUInt32LittleEndian(content[((i + 1) * sizeof(uint))..]);
        var replacements = content[(sizeof(uint) + (int)length)..].ToArray();
        if (FindDamage(units, replacements) is { } damage)
            throw Damaged(damage);
        return new CharacterMap(units, replacements);
    }

    /// <summary>Finds the rule for what a text begins with.</summary>
    /// <param name="text">The text.</param>
    /// <param name="longest">Whether the longest rule counts, as for SentencePiece, or the shortest, as for Hugging Face's tokenizers.</param>
    /// <param name="replacement">What replaces it.</param>
    /// <returns>How many bytes it replaces; 0 where there is no rule.</returns>
    internal int Match(ReadOnlySpan<byte> text, bool longest, out ReadOnlySpan<byte> replacement)
    {
        var value = -1;
        var length = 0;
        var node = GetOffset(_units[0]);
        for (var i = 0; i < text.Length && i < MaximumRule; i++)
        {
            node ^= text[i];
            var unit = _units[node];
            if (GetLabel(unit) != text[i])
                break;
            node ^= GetOffset(unit);
            if (!HasValue(unit))
                continue;
            value = GetValue(_units[node]);
            length = i + 1;
            if (!longest)
                break;
        }

        var rest = value < 0 ? [] : _replacements.AsSpan(value);
        replacement = rest.IndexOf((byte)0) is var end and >= 0 ? rest[..end] : rest;
        return length;
    }

    /// <summary>Walks to every unit that a text can reach. Branches may share what they lead to.</summary>
    private static string? FindDamage(uint[] units, ReadOnlySpan<byte> replacements)
    {
        for (var rest = replacements; !rest.IsEmpty;)
        {
            var end = rest.IndexOf((byte)0);
            if (end < 0 || end > MaximumReplacement)
                return end < 0 ? "the last replacement has no end" : $"a replacement has {end} bytes, more than {MaximumReplacement}";
            rest = rest[(end + 1)..];
        }

        var seen = new BitArray(units.Length);
        var pending = new Stack<int>();
        pending.Push(0);
        seen[0] = true;
        while (pending.TryPop(out var index))
        {
            var node = index ^ GetOffset(units[index]);
            if (node < 0 || (node | (BlockLength - 1)) >= units.Length)
                return $"unit {index} of the tree leads to {node}, beyond its {units.Length} units";
            if (index != 0 && HasValue(units[index]) && GetValue(units[node]) >= replacements.Length)
                return $"a rule refers to byte {GetValue(units[node])} of {replacements.Length}";
            for (var label = 0; label < BlockLength; label++)
            {
                var child = node ^ label;
                if (GetLabel(units[child]) != label || seen[child])
                    continue;
                seen[child] = true;
                pending.Push(child);
            }
        }

        return null;
    }

    private static bool HasValue(uint unit) => (unit & (1 << 8)) != 0;

    private static int GetValue(uint unit) => (int)(unit & 0x7FFF_FFFF);

    private static uint GetLabel(uint unit) => unit & 0x8000_00FF;

    private static int GetOffset(uint unit) => (int)((unit >> 10) << (int)((unit & (1 << 9)) >> 6));
}
